package io.forebay.cache;

import io.forebay.cache.policy.EvictionPolicy;
import io.forebay.cache.policy.HitObjective;
import io.forebay.cache.policy.ShadowCache;
import io.forebay.cache.policy.ShadowCache.Arrival;
import io.forebay.cache.policy.WhatIf;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/// Between a cache and its shadows: takes what happens to the sampled keys, without making readers
/// and writers wait, and lets the shadows live through it later.
///
/// The eviction policy's own [AccessBuffer] would not do: it loses reads, and skips those that
/// follow each other closely. Here the keys are sampled instead, by their hash, and of those every
/// read counts. If they still come faster than they are simulated, the sample is halved; as long as
/// it cannot be (too few keys would be left), what came is taken out of the number of requests.
///
/// Everything but [#hit], [#missed], [#written] and [#removed] is for one thread at a time.
final class Sampler {

  /// Pairs of 16 bytes: 40,000 events a second at a drain every 100 ms.
  private static final int BUFFER = 4_096;

  /// The sample is halved if more than one of so many events was dropped.
  private static final int TOLERATED_DROPS = 64;

  /// The sample is not halved when the largest shadow holds less.
  private static final int LEAST_TRACKED = 512;

  private static final long MOST_WEIGHT = (1L << 29) - 1;

  private static final int HIT = 1;
  private static final int MISS = 2;
  private static final int REMOVAL = 3;

  private static final int LOADED = 4;
  private static final int PUT = 5;
  private static final int REPLACING = 6;

  private final WhatIf shadows;
  private final SampleBuffer buffer = new SampleBuffer(BUFFER);
  private final LongAdder droppedReads = new LongAdder();
  private final LongAdder droppedOthers = new LongAdder();

  /// Keys whose spread hash, its upper half, is below are sampled.
  private volatile long threshold;

  private long hitsBefore;
  private long readsBefore;
  private long droppedReadsBefore;
  private long droppedBefore;
  private long taken;

  /// Of the shadows: of the drain, and one more for each event, so that what came first expires
  /// first.
  private long timeNanos;

  /// @param hits of the cache so far
  /// @param reads of the cache so far, hits among them
  Sampler(
      List<WhatIf.Question> questions,
      HitObjective objective,
      int maxTracked,
      long hits,
      long reads) {
    this.shadows = new WhatIf(questions, objective, maxTracked, System.identityHashCode(this));
    this.hitsBefore = hits;
    this.readsBefore = reads;
    setThreshold();
  }

  private void setThreshold() {
    threshold = (long) (shadows.sampleRate() * 0x1p32);
  }

  // ---- what happens, from any thread

  void hit(Resident<?, ?> resident) {
    if (isSampled(resident.hash)) {
      offer(HIT, resident);
    }
  }

  void missed(int hash) {
    if (isSampled(hash) && !buffer.offer(event(MISS, hash, 0), 0)) {
      droppedReads.increment();
    }
  }

  void written(Resident<?, ?> resident, Arrival arrival) {
    if (isSampled(resident.hash)) {
      int kind =
          switch (arrival) {
            case LOADED -> LOADED;
            case PUT -> PUT;
            case REPLACING -> REPLACING;
          };
      offer(kind, resident);
    }
  }

  void removed(int hash) {
    if (isSampled(hash) && !buffer.offer(event(REMOVAL, hash, 0), 0)) {
      droppedOthers.increment();
    }
  }

  private boolean isSampled(int hash) {
    return ShadowCache.spread(hash) >>> 32 < threshold;
  }

  private void offer(int kind, Resident<?, ?> resident) {
    long event = event(kind, resident.hash, resident.weightBytes);
    if (!buffer.offer(event, lifetimeNanos(resident))) {
      (kind == HIT ? droppedReads : droppedOthers).increment();
    }
  }

  private static long event(int kind, int hash, long weightBytes) {
    return (long) hash << 32 | (long) kind << 29 | Math.min(weightBytes, MOST_WEIGHT);
  }

  private static long lifetimeNanos(Resident<?, ?> resident) {
    long life = resident.staleUntilNanos - resident.createdNanos;
    return life >= Lifetime.LONGEST.toNanos() ? EvictionPolicy.NEVER : life;
  }

  // ---- what the shadows make of it, one thread at a time

  /// Takes in a key that the cache holds at the beginning; least valuable first.
  void fill(Resident<?, ?> resident, long nowNanos, long leftNanos) {
    shadows.forEach(
        shadow -> shadow.fill(resident.hash, resident.weightBytes, leftNanos, nowNanos));
  }

  /// Samples at most this share of the keys.
  void lowerRate(double most) {
    shadows.forEach(shadow -> shadow.lowerRate(most));
    setThreshold();
  }

  boolean wouldSample(Resident<?, ?> resident) {
    return isSampled(resident.hash);
  }

  /// Lets the shadows live through what happened.
  ///
  /// @param hits of the cache so far
  /// @param reads of the cache so far, hits among them
  void drain(long hits, long reads, long nowNanos) {
    countRequests(hits, reads);
    timeNanos = Math.max(timeNanos, nowNanos);
    shadows.forEach(shadow -> shadow.expire(timeNanos));
    buffer.drain((event, lifetimeNanos) -> {
      taken++;
      simulate(event, lifetimeNanos, timeNanos++);
    });
    lowerRateIfBehind();
    setThreshold();
  }

  private void countRequests(long hits, long reads) {
    long newReads = Math.max(0, reads - readsBefore);
    long newHits = Math.clamp(hits - hitsBefore, 0, newReads);
    readsBefore += newReads;
    hitsBefore += newHits;
    long lost = droppedReads.sum();
    double represented = (lost - droppedReadsBefore) / shadows.sampleRate();
    droppedReadsBefore = lost;
    double kept = newReads == 0 ? 0 : Math.clamp(1 - represented / newReads, 0, 1);
    shadows.forEach(
        shadow -> shadow.countRequests(Math.round(newReads * kept), Math.round(newHits * kept)));
  }

  private void simulate(long event, long lifetimeNanos, long nowNanos) {
    int hash = (int) (event >>> 32);
    int weightBytes = (int) (event & MOST_WEIGHT);
    switch ((int) (event >>> 29) & 7) {
      case HIT ->
          shadows.forEach(shadow -> shadow.read(hash, weightBytes, lifetimeNanos, nowNanos));
      case MISS -> shadows.forEach(shadow -> shadow.missed(hash, nowNanos));
      case REMOVAL -> shadows.forEach(shadow -> shadow.removed(hash));
      case LOADED -> written(Arrival.LOADED, hash, weightBytes, lifetimeNanos, nowNanos);
      case PUT -> written(Arrival.PUT, hash, weightBytes, lifetimeNanos, nowNanos);
      case REPLACING -> written(Arrival.REPLACING, hash, weightBytes, lifetimeNanos, nowNanos);
      default -> throw new IllegalStateException("no such event: " + event);
    }
  }

  private void written(
      Arrival arrival, int hash, int weightBytes, long lifetimeNanos, long nowNanos) {
    shadows.forEach(shadow -> shadow.written(hash, weightBytes, lifetimeNanos, arrival, nowNanos));
  }

  private void lowerRateIfBehind() {
    long lost = dropped();
    boolean behind = (lost - droppedBefore) * TOLERATED_DROPS > taken;
    droppedBefore = lost;
    taken = 0;
    if (behind && shadows.mostTracked() >= LEAST_TRACKED) {
      lowerRate(shadows.sampleRate() / 2);
    }
  }

  /// Events that found the buffer full.
  long dropped() {
    return droppedReads.sum() + droppedOthers.sum();
  }

  List<WhatIf.Answer> answers() {
    return shadows.answers();
  }
}
