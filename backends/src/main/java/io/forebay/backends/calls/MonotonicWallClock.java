package io.forebay.backends.calls;

import io.forebay.cache.TimeSource;
import java.time.Duration;
import java.time.Instant;

/// The wall clock of one moment, going on as the monotonic clock does: nobody who sets the wall
/// clock changes how long something lives.
public final class MonotonicWallClock implements TimeSource {

  private final Instant began = Instant.now();
  private final long beganNanos = System.nanoTime();

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public Instant now() {
    return began.plusNanos(System.nanoTime() - beganNanos);
  }

  /// Since 1970.
  public long micros() {
    return Duration.between(Instant.EPOCH, now()).toNanos() / 1_000;
  }
}
