package io.forebay.server.metrics;

import java.util.concurrent.atomic.AtomicLongArray;

/// Durations of the last minute or two, in buckets that each are an eighth of a doubling wide, so
/// that a percentile is right to a tenth. Thread-safe; recording waits for nobody.
final class LatencyWindow {

  private static final int PER_DOUBLING = 8;
  private static final int BUCKETS = 48 * PER_DOUBLING;

  private volatile AtomicLongArray current = new AtomicLongArray(BUCKETS);
  private volatile AtomicLongArray before = new AtomicLongArray(BUCKETS);

  void record(long nanos) {
    current.incrementAndGet(bucket(Math.max(1, nanos)));
  }

  /// What was current is the past; what was the past is forgotten.
  void turn() {
    before = current;
    current = new AtomicLongArray(BUCKETS);
  }

  private static int bucket(long nanos) {
    int doublings = 63 - Long.numberOfLeadingZeros(nanos);
    long within = doublings < 3 ? 0 : (nanos >>> (doublings - 3)) & (PER_DOUBLING - 1);
    return Math.min(BUCKETS - 1, doublings * PER_DOUBLING + (int) within);
  }

  private static double millis(int bucket) {
    int doublings = bucket / PER_DOUBLING;
    double low = Math.pow(2, doublings);
    return low * (1 + (bucket % PER_DOUBLING + 0.5) / PER_DOUBLING) / 1e6;
  }

  /// In milliseconds; zeros if nothing was recorded.
  ///
  /// @param shares ascending, such as 0.5 and 0.99
  double[] percentiles(double... shares) {
    long[] counts = new long[BUCKETS];
    long total = 0;
    AtomicLongArray now = current;
    AtomicLongArray past = before;
    for (int i = 0; i < BUCKETS; i++) {
      counts[i] = now.get(i) + past.get(i);
      total += counts[i];
    }
    double[] found = new double[shares.length];
    long passed = 0;
    int next = 0;
    for (int i = 0; i < BUCKETS && next < shares.length; i++) {
      passed += counts[i];
      while (next < shares.length && total > 0 && passed >= Math.ceil(shares[next] * total)) {
        found[next++] = millis(i);
      }
    }
    return found;
  }
}
