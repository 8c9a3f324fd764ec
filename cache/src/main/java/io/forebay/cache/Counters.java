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
}
