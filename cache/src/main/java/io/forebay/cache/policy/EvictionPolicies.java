package io.forebay.cache.policy;

import java.util.List;

/// The policies, by the names people know them by.
public final class EvictionPolicies {

  private static final List<String> NAMES =
      List.of("auto", "w-tinylfu", "s3-fifo", "sieve", "lru", "lfu", "fifo", "ttl");

  private EvictionPolicies() {}

  /// Every valid name; the default first.
  public static List<String> names() {
    return NAMES;
  }

  /// A new, empty policy; `auto` maximizes hits of objects.
  ///
  /// @param maxWeightBytes at least 1; `Long.MAX_VALUE` for no bound
  /// @param maxEntries at least 1; `Long.MAX_VALUE` for no bound
  /// @param seed for the policies that draw at random; with one seed they repeat themselves
  /// @throws IllegalArgumentException for an unknown name, listing the valid ones
  public static EvictionPolicy named(String name, long maxWeightBytes, long maxEntries, long seed) {
    return named(name, maxWeightBytes, maxEntries, HitObjective.OBJECTS, seed);
  }

  /// A new, empty policy.
  ///
  /// @param objective for `auto`; the others do not weigh it
  /// @throws IllegalArgumentException for an unknown name, listing the valid ones
  public static EvictionPolicy named(
      String name, long maxWeightBytes, long maxEntries, HitObjective objective, long seed) {
    return switch (name) {
      case "auto" -> new HitDensityPolicy(maxWeightBytes, maxEntries, objective, seed);
      case "w-tinylfu" -> new WTinyLfuPolicy(maxWeightBytes, maxEntries, seed);
      case "s3-fifo" -> new S3FifoPolicy(maxWeightBytes, maxEntries);
      case "sieve" -> new SievePolicy(maxWeightBytes, maxEntries);
      case "lru" -> new LruPolicy(maxWeightBytes, maxEntries);
      case "lfu" -> new LfuPolicy(maxWeightBytes, maxEntries);
      case "fifo" -> new FifoPolicy(maxWeightBytes, maxEntries);
      case "ttl" -> new TtlPolicy(maxWeightBytes, maxEntries);
      default ->
          throw new IllegalArgumentException(
              "unknown eviction policy '"
                  + name
                  + "'; expected one of "
                  + String.join(", ", NAMES));
    };
  }
}
