package io.forebay.benchmarks.hitratio;

import io.forebay.benchmarks.hitratio.Contender.Bounds;
import io.forebay.cache.policy.EvictionPolicies;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/// Time per miss: the whole replay's processor time over its misses, on one thread, beside
/// Caffeine's in turn in the same process; medians. Ours has a `ConcurrentHashMap` as table and
/// drains each hit at once.
final class Cost {

  private Cost() {}

  static void print(Trace trace, List<Long> entries, String policy, int runs, PrintStream out) {
    for (long limit : entries) {
      Bounds bounds = new Bounds(false, limit);
      double[] ours = new double[runs];
      double[] caffeines = new double[runs];
      for (int run = -warmUps(trace); run < runs; run++) {
        long seed = run + 1_000L;
        double nanos =
            perMiss(() ->
                Replay.withTable(
                    trace, EvictionPolicies.named(policy, Long.MAX_VALUE, limit, seed)));
        double caffeine = perMiss(() -> CaffeineReplay.of(trace, bounds));
        if (run >= 0) {
          ours[run] = nanos;
          caffeines[run] = caffeine;
        }
      }
      double median = median(ours);
      double rival = median(caffeines);
      out.println(
          String.format(
              Locale.ROOT,
              "%s,%s,%d,%.0f,%.0f,%.0f",
              trace.name(),
              policy,
              limit,
              median,
              rival,
              median - rival));
    }
  }

  /// Passes until the compiler has had its turn: a few million requests.
  private static int warmUps(Trace trace) {
    return 1 + 3_000_000 / Math.max(1, trace.requests());
  }

  private static double perMiss(Supplier<Replay> replay) {
    return replay.get().nanosPerMiss();
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
