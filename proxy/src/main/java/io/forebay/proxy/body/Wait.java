package io.forebay.proxy.body;

import io.vertx.core.Future;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// Where a virtual thread waits for an event loop. Never call it on an event loop.
public final class Wait {

  private Wait() {}

  /// Waits for the future's result.
  ///
  /// @param what names what is waited for, in the error
  /// @throws IOException if it failed, or (with a [TimeoutException] as cause) did not come in time
  public static <T extends @Nullable Object> T on(Future<T> future, Duration atMost, String what)
      throws IOException {
    try {
      return future
          .toCompletionStage()
          .toCompletableFuture()
          .get(atMost.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for " + what, e);
    } catch (TimeoutException e) {
      throw new IOException(what + " did not come within " + atMost, e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IOException(what + " failed: " + cause.getMessage(), cause);
    }
  }
}
