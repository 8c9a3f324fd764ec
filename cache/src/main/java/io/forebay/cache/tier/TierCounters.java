package io.forebay.cache.tier;

import java.util.concurrent.atomic.LongAdder;

/// What [TierStatistics] sums up.
final class TierCounters {

  final LongAdder hits = new LongAdder();
  final LongAdder misses = new LongAdder();
  final LongAdder distrusted = new LongAdder();
  final LongAdder unreadable = new LongAdder();
  final LongAdder readsFailed = new LongAdder();
  final LongAdder writesFailed = new LongAdder();

  TierStatistics sum() {
    return new TierStatistics(
        hits.sum(),
        misses.sum(),
        distrusted.sum(),
        unreadable.sum(),
        readsFailed.sum(),
        writesFailed.sum());
  }
}
