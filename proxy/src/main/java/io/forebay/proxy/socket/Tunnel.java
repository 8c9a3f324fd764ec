package io.forebay.proxy.socket;

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

  private Tunnel() {}

  /// Runs until either side closes and the other has taken what was sent before, or nothing has
  /// moved for so long; then both are closed. On a virtual thread.
  public static void run(TunnelEnd client, TunnelEnd origin, Duration idleTimeout) {
    Tunnel tunnel = new Tunnel();
    try {
      tunnel.join(client, origin);
      tunnel.join(origin, client);
      client.in().resume();
      origin.in().resume();
      tunnel.await(idleTimeout);
      if (tunnel.over.isDone()) {
        client.close();
        origin.close();
        awaitTaken(client, idleTimeout);
        awaitTaken(origin, idleTimeout);
      }
    } finally {
      client.cutOff();
      origin.cutOff();
    }
  }

  private void join(TunnelEnd from, TunnelEnd to) {
    from.deliverTo(chunk -> {
      movedNanos.set(System.nanoTime());
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

  /// Waits until a side that is closed has taken all that was written to it, or takes nothing more.
  private static void awaitTaken(TunnelEnd end, Duration idleTimeout) {
    try {
      long before = Long.MAX_VALUE;
      while (!end.isClosedWithin(idleTimeout)) {
        long left = end.untaken();
        if (left >= before) {
          return;
        }
        before = left;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
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
