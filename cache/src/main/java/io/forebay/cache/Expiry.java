package io.forebay.cache;

import io.forebay.cache.policy.EvictionPolicy;

/// When residents of a cache expire: at the end of their stale window, or earlier if nobody reads
/// them for the cache's time to idle.
final class Expiry {

  /// The time to idle of a cache without one.
  static final long NEVER_IDLE = Long.MAX_VALUE;

  private final Clocks clocks;
  private final long timeToIdleNanos;
  private final long originNanos;

  Expiry(Clocks clocks, long timeToIdleNanos) {
    this.clocks = clocks;
    this.timeToIdleNanos = timeToIdleNanos;
    this.originNanos = clocks.nanoTime();
  }

  long nanoTime() {
    return clocks.nanoTime();
  }

  /// The reading of the monotonic clock when the cache was made.
  long originNanos() {
    return originNanos;
  }

  boolean isExpired(Resident<?, ?> resident, long nanoTime) {
    return resident.staleUntilNanos - nanoTime <= 0
        || (timeToIdleNanos != NEVER_IDLE
            && nanoTime - resident.accessedNanos() >= timeToIdleNanos);
  }

  /// When it will expire if nobody reads it.
  long deadlineNanos(Resident<?, ?> resident) {
    long end = resident.staleUntilNanos;
    if (timeToIdleNanos == NEVER_IDLE) {
      return end;
    }
    long idle = resident.accessedNanos() + timeToIdleNanos;
    return idle - end < 0 ? idle : end;
  }

  /// The end of its lifetime as [EvictionPolicy] wants it; being idle is what the policy itself
  /// judges.
  long forPolicy(Resident<?, ?> resident) {
    long life = resident.staleUntilNanos - resident.createdNanos;
    return life >= Lifetime.LONGEST.toNanos()
        ? EvictionPolicy.NEVER
        : Math.max(0, resident.staleUntilNanos - originNanos);
  }
}
