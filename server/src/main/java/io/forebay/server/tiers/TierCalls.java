package io.forebay.server.tiers;

import io.forebay.cache.tier.TierFailure;
import io.forebay.cache.tier.TierObserver;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/// Counts and times what a tier answers. Thread-safe.
final class TierCalls implements TierObserver {

  private final Map<Operation, Counted> counted = new EnumMap<>(Operation.class);

  TierCalls() {
    for (Operation operation : Operation.values()) {
      counted.put(operation, new Counted());
    }
  }

  private static final class Counted {
    final LongAdder[] buckets = new LongAdder[TierCallFigures.BUCKETS.size() + 1];
    final LongAdder nanos = new LongAdder();
    final Map<TierFailure.Kind, LongAdder> failed = new EnumMap<>(TierFailure.Kind.class);

    Counted() {
      for (int i = 0; i < buckets.length; i++) {
        buckets[i] = new LongAdder();
      }
      for (TierFailure.Kind kind : TierFailure.Kind.values()) {
        failed.put(kind, new LongAdder());
      }
    }

    TierCallFigures figures() {
      long[] counts = new long[buckets.length];
      for (int i = 0; i < counts.length; i++) {
        counts[i] = buckets[i].sum();
      }
      Map<TierFailure.Kind, Long> failures = new EnumMap<>(TierFailure.Kind.class);
      failed.forEach((kind, count) -> failures.put(kind, count.sum()));
      return new TierCallFigures(counts, nanos.sum() / 1e9, failures);
    }
  }

  @Override
  public void answered(Operation operation, long took) {
    Counted of = of(operation);
    of.nanos.add(took);
    of.buckets[TierCallFigures.bucketOf(took)].increment();
  }

  @Override
  public void failed(Operation operation, TierFailure.Kind kind, long took) {
    LongAdder count = of(operation).failed.get(kind);
    if (count != null) {
      count.increment();
    }
  }

  private Counted of(Operation operation) {
    Counted of = counted.get(operation);
    if (of == null) {
      throw new IllegalArgumentException(operation.toString());
    }
    return of;
  }

  Map<Operation, TierCallFigures> figures() {
    Map<Operation, TierCallFigures> figures = new EnumMap<>(Operation.class);
    counted.forEach((operation, of) -> figures.put(operation, of.figures()));
    return figures;
  }
}
