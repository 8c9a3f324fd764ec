package io.forebay.benchmarks.invalidation;

import java.util.Arrays;

/// Durations in nanoseconds.
final class Samples {

  private final long[] nanos;
  private int count;

  Samples(int capacity) {
    nanos = new long[capacity];
  }

  void add(long sample) {
    nanos[count++] = sample;
  }

  /// @param share of the samples that are at most the answer, 0 to 1
  double microsAt(double share) {
    long[] sorted = Arrays.copyOf(nanos, count);
    Arrays.sort(sorted);
    return sorted[Math.min(count - 1, (int) (count * share))] / 1e3;
  }

  /// `P50 … us, P99 … us, most … us (n)`.
  String summary() {
    return "P50 %9.1f us   P99 %9.1f us   most %9.1f us   (%d times)"
        .formatted(microsAt(0.5), microsAt(0.99), microsAt(1), count);
  }
}
