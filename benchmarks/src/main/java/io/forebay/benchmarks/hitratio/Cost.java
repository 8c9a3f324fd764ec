package io.forebay.benchmarks.hitratio;

import static io.forebay.cache.policy.EvictionPolicies.named;

import io.forebay.benchmarks.hitratio.Contender.Bounds;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.LongFunction;

/// Time per miss: the whole replay's processor time over its misses, on one thread, beside
/// Caffeine's in turn in the same process; medians. Once of the policy alone, with a
/// `ConcurrentHashMap` as table and each hit drained at once; and once of the whole cache
/// ([EngineReplay]).
final class Cost {

  private Cost() {}

  static void print(Trace trace, List<Long> entries, String policy, int runs, PrintStream out) {
    for (long limit : entries) {
      Bounds bounds = new Bounds(false, limit);
      compare(
          trace,
          "policy," + policy + "," + limit,
          runs,
          seed -> Replay.withTable(trace, named(policy, Long.MAX_VALUE, limit, seed)),
          _ -> CaffeineReplay.of(trace, bounds),
          out);
      compare(
          trace,
          "cache," + policy + "," + limit,
          runs,
          _ -> EngineReplay.ofOurs(trace, policy, limit),
          _ -> EngineReplay.ofCaffeine(trace, limit),
          out);
    }
  }

  private static void compare(
      Trace trace,
      String what,
      int runs,
      LongFunction<Replay> ours,
      LongFunction<Replay> caffeines,
      PrintStream out) {
    double[] our = new double[runs];
    double[] caffeine = new double[runs];
    for (int run = -warmUps(trace); run < runs; run++) {
      long seed = run + 1_000L;
      double nanos = ours.apply(seed).nanosPerMiss();
      double rival = caffeines.apply(seed).nanosPerMiss();
      if (run >= 0) {
        our[run] = nanos;
        caffeine[run] = rival;
      }
    }
    double median = median(our);
    double rival = median(caffeine);
    out.println(
        String.format(
            Locale.ROOT,
            "%s,%s,%.0f,%.0f,%.0f",
            trace.name(),
            what,
            median,
            rival,
            median - rival));
  }

  /// Passes until the compiler has had its turn: a few million requests.
  private static int warmUps(Trace trace) {
    return 1 + 3_000_000 / Math.max(1, trace.requests());
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
