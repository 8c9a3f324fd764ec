package io.forebay.server.tiers;

import io.forebay.cache.tier.TierFailure;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// What became of the calls of one operation to a tier.
///
/// @param counts of answers, by how long they took: one for each of [#BUCKETS], and one for what
///   took longer
/// @param seconds that all answers took together
/// @param failed calls without an answer, by kind
@SuppressWarnings("ArrayRecordComponent") // never compared
public record TierCallFigures(long[] counts, double seconds, Map<TierFailure.Kind, Long> failed) {

  /// The longest times, in seconds, that buckets hold.
  public static final List<Double> BUCKETS =
      List.of(
          0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25,
          0.5, 1.0, 2.5);

  public TierCallFigures {
    failed = Map.copyOf(failed);
  }

  /// The bucket of a call that took so long.
  static int bucketOf(long nanos) {
    int bucket = 0;
    while (bucket < BUCKETS.size() && nanos > BUCKETS.get(bucket) * 1e9) {
      bucket++;
    }
    return bucket;
  }

  public long answered() {
    return Arrays.stream(counts).sum();
  }

  public long failures() {
    return failed.values().stream().mapToLong(Long::longValue).sum();
  }

  /// A time that so large a share of the answers did not exceed, in seconds: a bucket's end. Zero
  /// without answers, infinite if it is beyond the last bucket.
  public double quantile(double share) {
    long all = answered();
    long within = 0;
    for (int i = 0; i < BUCKETS.size(); i++) {
      within += counts[i];
      if (all == 0 || within >= share * all) {
        return all == 0 ? 0 : BUCKETS.get(i);
      }
    }
    return Double.POSITIVE_INFINITY;
  }
}
