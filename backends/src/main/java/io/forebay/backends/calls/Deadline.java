package io.forebay.backends.calls;

import io.forebay.cache.tier.TierFailure.Kind;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// When a caller gives up.
public final class Deadline {

  private final long endNanos;
  private final Duration span;

  private Deadline(Duration span) {
    this.span = span;
    this.endNanos = System.nanoTime() + span.toNanos();
  }

  public static Deadline after(Duration span) {
    return new Deadline(span);
  }

  /// Nanoseconds left; zero or less if it is over.
  public long leftNanos() {
    return endNanos - System.nanoTime();
  }

  public boolean isOver() {
    return leftNanos() <= 0;
  }

  /// The failure of whoever waited until now.
  public CallFailed missed() {
    return new CallFailed(Kind.TIMED_OUT, "no answer in " + span.toMillis() + " ms");
  }

  /// What comes of `answer`, if it comes in time.
  ///
  /// @throws CallFailed as the future failed; [Kind#BROKEN] for exceptions of other kinds
  public <T> T await(Future<T> answer) throws CallFailed {
    try {
      return answer.get(Math.max(0, leftNanos()), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw missed();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof CallFailed failed) {
        throw failed;
      }
      throw new CallFailed(Kind.BROKEN, words(e));
    } catch (CancellationException e) {
      throw new CallFailed(Kind.BROKEN, "closed");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CallFailed(Kind.TIMED_OUT, "interrupted");
    }
  }

  /// What went wrong, in the words nearest to the cause.
  public static String words(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    String message = cause.getMessage();
    return message == null || message.isEmpty() ? cause.getClass().getSimpleName() : message;
  }
}
