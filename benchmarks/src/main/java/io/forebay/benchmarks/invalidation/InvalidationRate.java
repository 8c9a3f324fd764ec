package io.forebay.benchmarks.invalidation;

import io.forebay.cache.InProcessInvalidationLog;
import io.forebay.cache.Invalidation;
import io.forebay.cache.InvalidationBatch;
import io.forebay.cache.InvalidationOrder;
import io.forebay.cache.LogOutcome;
import io.forebay.cache.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;

/// How many invalidations a second one caller gets acknowledged.
final class InvalidationRate {

  private InvalidationRate() {}

  /// @param perBatch orders in each batch
  /// @param scope of the n-th order
  /// @return orders a second
  static double measure(
      InProcessInvalidationLog log, int orders, int perBatch, IntFunction<Scope> scope) {
    long began = System.nanoTime();
    List<InvalidationOrder> batch = new ArrayList<>(perBatch);
    for (int i = 0; i < orders; i++) {
      batch.add(
          new InvalidationOrder(
              Optional.of(InvalidationBenchmark.CACHE), scope.apply(i), Invalidation.Mode.HARD));
      if (batch.size() == perBatch) {
        LogOutcome outcome =
            log.append(new InvalidationBatch(Optional.empty(), "benchmark", "", batch));
        if (outcome instanceof LogOutcome.NotKept(var _, var _, String reason)) {
          throw new IllegalStateException(reason);
        }
        batch.clear();
      }
    }
    return orders * 1e9 / (System.nanoTime() - began);
  }

  static Scope key(int i) {
    return new Scope.Keys(Set.of("key:" + i));
  }

  static Scope newTag(int i) {
    return new Scope.Tags(Set.of("new:" + i));
  }
}
