package io.forebay.cache;

import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/// Hands out entry versions: a hybrid clock, `max(last + 1, wall-clock microseconds)`.
///
/// Versions grow strictly, whatever the wall clock does while the process runs. They are never used
/// twice across restarts either, as long as the wall clock at the restart is not behind the last
/// version handed out: that is, it was not set back by more than the time the restart took, and no
/// more than a million writes a second were sustained until the very end. Share one clock among all
/// caches of a node, so that a cache that is dropped and made anew goes on too.
///
/// Thread-safe.
public final class VersionClock {

  private final TimeSource time;
  private final AtomicLong last = new AtomicLong();

  public VersionClock(TimeSource time) {
    this.time = time;
  }

  /// A version greater than every one before; positive.
  public long next() {
    long wallMicros = micros(time.now());
    while (true) {
      long present = last.get();
      long next = Math.max(present + 1, wallMicros);
      if (last.compareAndSet(present, next)) {
        return next;
      }
    }
  }

  /// Makes sure that later versions are greater than `version`, seen on another node or on disk.
  public void observe(long version) {
    last.accumulateAndGet(version, Math::max);
  }

  private static long micros(Instant instant) {
    return Math.addExact(
        Math.multiplyExact(instant.getEpochSecond(), 1_000_000L), instant.getNano() / 1_000);
  }
}
