package io.forebay.cache;

import java.time.Duration;
import java.time.Instant;

/// Tells a cache's spans (monotonic) and translates them into wall-clock instants for people.
///
/// The translation uses one fixed distance between the two clocks, so that an entry's creation is
/// the same instant whenever one asks; it is taken anew only when the clocks have drifted apart by
/// more than a second (someone set the wall clock). Lifetimes never depend on it.
final class Clocks {

  private static final long TOLERATED_DRIFT_NANOS = Duration.ofSeconds(1).toNanos();

  private final TimeSource time;
  private volatile Anchor anchor;

  Clocks(TimeSource time) {
    this.time = time;
    this.anchor = new Anchor(time.nanoTime(), time.now());
  }

  long nanoTime() {
    return time.nanoTime();
  }

  /// The wall-clock reading that belongs to a monotonic one.
  Instant wallAt(long nanoTime) {
    long nowNanos = time.nanoTime();
    Instant now = time.now();
    Anchor present = anchor;
    Duration drift = Duration.between(present.wallAt(nowNanos), now).abs();
    if (drift.compareTo(Duration.ofNanos(TOLERATED_DRIFT_NANOS)) > 0) {
      present = new Anchor(nowNanos, now);
      anchor = present;
    }
    return present.wallAt(nanoTime);
  }

  private record Anchor(long nanoTime, Instant wall) {
    Instant wallAt(long otherNanoTime) {
      return wall.plusNanos(otherNanoTime - nanoTime);
    }
  }
}
