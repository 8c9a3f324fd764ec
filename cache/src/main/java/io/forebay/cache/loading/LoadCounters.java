package io.forebay.cache.loading;

import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/// What a [LoadingCache] counts.
final class LoadCounters {
  final LongAdder loads = new LongAdder();
  final LongAdder loadFailures = new LongAdder();
  final LongAdder loadNanos = new LongAdder();
  final LongAdder followed = new LongAdder();
  final LongAdder refreshesWhileStale = new LongAdder();
  final LongAdder refreshesEarly = new LongAdder();
  final LongAdder refreshesSkipped = new LongAdder();
  final LongAdder servedStaleOnError = new LongAdder();
  final LongAdder servedStaleOnTimeout = new LongAdder();
  final LongAdder timeouts = new LongAdder();
  final LongAdder notStored = new LongAdder();

  LoadStatistics sum() {
    return new LoadStatistics(
        loads.sum(),
        loadFailures.sum(),
        Duration.ofNanos(loadNanos.sum()),
        followed.sum(),
        refreshesWhileStale.sum(),
        refreshesEarly.sum(),
        refreshesSkipped.sum(),
        servedStaleOnError.sum(),
        servedStaleOnTimeout.sum(),
        timeouts.sum(),
        notStored.sum());
  }
}
