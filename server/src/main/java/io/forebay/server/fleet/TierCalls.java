package io.forebay.server.fleet;

import io.forebay.cache.tier.TierFailure;
import io.forebay.cache.tier.TierObserver;
import java.util.concurrent.atomic.LongAdder;

/// Counts what a tier answers.
final class TierCalls implements TierObserver {

  private final LongAdder answered = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final LongAdder nanos = new LongAdder();

  @Override
  public void answered(Operation operation, long took) {
    answered.increment();
    nanos.add(took);
  }

  @Override
  public void failed(Operation operation, TierFailure.Kind kind, long took) {
    failed.increment();
    nanos.add(took);
  }

  long answered() {
    return answered.sum();
  }

  long failed() {
    return failed.sum();
  }

  double seconds() {
    return nanos.sum() / 1e9;
  }
}
