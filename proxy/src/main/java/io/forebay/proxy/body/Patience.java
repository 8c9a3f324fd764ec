package io.forebay.proxy.body;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// How long the reader of a body waits for its sender: for no part of it longer than the idle
/// timeout, and, if there is a least rate, for all of them together no longer than that and what
/// the bytes that came are worth at this rate. What is worth more than the idle timeout is not
/// saved up, so a sender that was fast may not be silent for longer, or slow for ever.
///
/// Only waiting counts, not the time that the reader takes. Of the reader, but for [#endRate].
public final class Patience {

  private final long idleNanos;
  private final long bytesPerSecond;
  private volatile boolean isRated;

  /// What is left, where there is a rate.
  private long leftNanos;

  private Patience(Duration idleTimeout, long bytesPerSecond) {
    this.idleNanos = idleTimeout.toNanos();
    this.bytesPerSecond = bytesPerSecond;
    this.isRated = bytesPerSecond > 0;
    this.leftNanos = idleNanos;
  }

  /// However slow the sender is.
  public static Patience ofIdle(Duration idleTimeout) {
    return new Patience(idleTimeout, 0);
  }

  /// @param bytesPerSecond the least rate; 0 for none
  public static Patience ofRate(Duration idleTimeout, long bytesPerSecond) {
    return new Patience(idleTimeout, bytesPerSecond);
  }

  /// How long the next part may take, from when the reader began to wait for it.
  public long nanos() {
    return isRated ? leftNanos : idleNanos;
  }

  /// A part came.
  ///
  /// @param waitedNanos for it
  public void came(int bytes, long waitedNanos) {
    if (bytesPerSecond > 0) {
      long worth = (long) ((double) bytes * TimeUnit.SECONDS.toNanos(1) / bytesPerSecond);
      leftNanos = Math.min(idleNanos, leftNanos - waitedNanos + worth);
    }
  }

  /// From now on the sender may be as slow as it likes; on any thread. For who has an answer
  /// already and may be sending as it reads.
  public void endRate() {
    isRated = false;
  }

  /// What a sender did that lost it.
  ///
  /// @param waitedNanos for the part that did not come
  public String fault(long waitedNanos) {
    return waitedNanos >= idleNanos
        ? "no part of the body came for " + Duration.ofNanos(idleNanos)
        : "the body came slower than " + bytesPerSecond + " bytes a second";
  }
}
