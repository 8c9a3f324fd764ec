package io.forebay.server.fleet;

import io.forebay.cache.tier.TierFailure;
import io.forebay.cache.tier.TierObserver;
import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;

/// Counts and times what a tier answers.
final class TierCalls implements TierObserver {

  private final LongAdder answered = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final LongAdder nanos = new LongAdder();
  private volatile Timing timing = (_, _, _) -> {};

  /// Hears of every call by itself.
  interface Timing {
    void took(String operation, String outcome, long nanos);
  }

  /// From now on calls are told one by one too.
  void tell(Timing whom) {
    timing = whom;
  }

  @Override
  public void answered(Operation operation, long took) {
    answered.increment();
    note(operation, "answered", took);
  }

  @Override
  public void failed(Operation operation, TierFailure.Kind kind, long took) {
    failed.increment();
    note(operation, kind.name().toLowerCase(Locale.ROOT), took);
  }

  private void note(Operation operation, String outcome, long took) {
    nanos.add(took);
    timing.took(operation.name().toLowerCase(Locale.ROOT), outcome, took);
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
