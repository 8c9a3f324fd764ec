package io.forebay.cache.testing;

import io.forebay.cache.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/// Two clocks that move only when told to. Thread-safe.
public final class TestingTimeSource implements TimeSource {

  /// Not zero, and about to overflow, as the real one may be.
  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1_000_000);

  private final AtomicReference<Instant> wall =
      new AtomicReference<>(Instant.parse("2026-03-01T12:00:00Z"));

  @Override
  public long nanoTime() {
    return nanos.get();
  }

  @Override
  public Instant now() {
    return wall.get();
  }

  /// Lets both clocks run.
  public void advance(Duration span) {
    nanos.addAndGet(span.toNanos());
    wall.updateAndGet(now -> now.plus(span));
  }

  /// Sets the wall clock as an administrator would; spans do not change.
  public void setWallClock(Instant instant) {
    wall.set(instant);
  }
}
