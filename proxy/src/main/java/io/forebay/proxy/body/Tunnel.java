package io.forebay.proxy.body;

import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/// Passes bytes between two connections, both ways, each no faster than the other takes them.
public final class Tunnel {

  private final CompletableFuture<Void> over = new CompletableFuture<>();
  private final AtomicLong movedNanos = new AtomicLong(System.nanoTime());
  private final AtomicLong toClient = new AtomicLong();

  private Tunnel() {}

  /// Runs until either side closes, or nothing has moved for so long; then both are closed. On a
  /// virtual thread.
  ///
  /// @return bytes passed to the client
  public static long run(TunnelEnd client, TunnelEnd origin, Duration idleTimeout) {
    Tunnel tunnel = new Tunnel();
    try {
      tunnel.join(client, origin, new AtomicLong());
      tunnel.join(origin, client, tunnel.toClient);
      client.in().resume();
      origin.in().resume();
      tunnel.await(idleTimeout);
    } finally {
      client.close();
      origin.close();
    }
    return tunnel.toClient.get();
  }

  private void join(TunnelEnd from, TunnelEnd to, AtomicLong moved) {
    from.in()
        .handler((Buffer chunk) -> {
          movedNanos.set(System.nanoTime());
          moved.addAndGet(chunk.length());
          var _ = to.out().write(chunk);
          // Behind the end there is at most what was read ahead.
          if (to.out().writeQueueFull() && !from.hasEnded()) {
            from.in().pause();
            to.out()
                .drainHandler(_ -> {
                  movedNanos.set(System.nanoTime());
                  from.in().resume();
                });
            if (!to.out().writeQueueFull()) {
              // It drained before it was listened to, and won't say so again.
              from.in().resume();
            }
          }
        });
    from.onEnd(() -> over.complete(null));
  }

  private void await(Duration idleTimeout) {
    long left = idleTimeout.toNanos();
    while (left > 0) {
      try {
        over.get(left, TimeUnit.NANOSECONDS);
        return;
      } catch (TimeoutException still) {
        left = idleTimeout.toNanos() - (System.nanoTime() - movedNanos.get());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      } catch (ExecutionException e) {
        throw new IllegalStateException("it is only ever completed", e);
      }
    }
  }
}
