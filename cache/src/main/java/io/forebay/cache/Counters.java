package io.forebay.cache;

import java.util.concurrent.atomic.LongAdder;

/// What a cache counts, apart from hits, which [AccessBuffer] counts as it records them.
final class Counters {
  final LongAdder staleHits = new LongAdder();
  final LongAdder missesAbsent = new LongAdder();
  final LongAdder missesExpired = new LongAdder();
  final LongAdder missesInvalidated = new LongAdder();
  final LongAdder writes = new LongAdder();
  final LongAdder writesRefused = new LongAdder();
  final LongAdder removals = new LongAdder();
  final LongAdder evictionsForBytes = new LongAdder();
  final LongAdder evictionsForEntries = new LongAdder();
  final LongAdder expirationsOnAccess = new LongAdder();
  final LongAdder expirationsInBackground = new LongAdder();
  final LongAdder sweptAfterInvalidation = new LongAdder();
  final LongAdder invalidations = new LongAdder();

  /// A newcomer's refusal is no eviction.
  void countEviction(Departure.Cause cause) {
    switch (cause) {
      case EVICTED_FOR_BYTES -> evictionsForBytes.increment();
      case EVICTED_FOR_ENTRIES -> evictionsForEntries.increment();
      case EXPIRED, INVALIDATED, REMOVED, REPLACED, REFUSED -> {}
    }
  }

  long misses() {
    return missesAbsent.sum() + missesExpired.sum() + missesInvalidated.sum();
  }
}
