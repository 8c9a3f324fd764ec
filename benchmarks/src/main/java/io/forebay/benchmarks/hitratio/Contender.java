package io.forebay.benchmarks.hitratio;

import io.forebay.cache.policy.EvictionPolicies;
import io.forebay.cache.policy.HitObjective;
import java.util.ArrayList;
import java.util.List;

/// What can be replayed: a policy of ours, or Caffeine.
record Contender(String name) {

  static final String CAFFEINE = "caffeine";

  Contender {
    if (!names().contains(name)) {
      throw new IllegalArgumentException(
          "unknown policy '" + name + "'; expected one of " + String.join(", ", names()));
    }
  }

  static List<String> names() {
    List<String> names = new ArrayList<>(EvictionPolicies.names());
    names.add(CAFFEINE);
    return List.copyOf(names);
  }

  static List<Contender> all() {
    return names().stream().map(Contender::new).toList();
  }

  Replay replay(Trace trace, Bounds bounds, long seed) {
    return replay(trace, bounds, HitObjective.OBJECTS, seed);
  }

  Replay replay(Trace trace, Bounds bounds, HitObjective objective, long seed) {
    if (name.equals(CAFFEINE)) {
      return CaffeineReplay.of(trace, bounds);
    }
    return Replay.of(
        trace,
        EvictionPolicies.named(name, bounds.maxWeight(), bounds.maxEntries(), objective, seed),
        bounds.isInBytes());
  }

  /// Hit ratio as the scores are defined: of short traces, the mean of five seeds.
  double hitRatio(Trace trace, Bounds bounds) {
    int seeds = trace.requests() < 200_000 ? 5 : 1;
    double sum = 0;
    for (int seed = 1; seed <= seeds; seed++) {
      sum += replay(trace, bounds, seed).hitRatio();
    }
    return sum / seeds;
  }

  /// Either a number of entries or of bytes.
  ///
  /// @param limit at least 1
  record Bounds(boolean isInBytes, long limit) {

    long maxWeight() {
      return isInBytes ? limit : Long.MAX_VALUE;
    }

    long maxEntries() {
      return isInBytes ? Long.MAX_VALUE : limit;
    }
  }
}
