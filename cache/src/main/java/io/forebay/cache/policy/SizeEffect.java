package io.forebay.cache.policy;

import java.util.Arrays;

/// How much more or less often keys of a size come back than their class and age lead to expect:
/// reuses seen over reuses expected, for four sizes relative to the mean weight.
final class SizeEffect {

  static final int SIZES = 4;
  private static final float PSEUDO_HITS = (float) Tune.d("spw", 10);
  private static final float DECAY = 0.9f;

  private final float[] seen = new float[SIZES];
  private final float[] expected = new float[SIZES];
  private final float[] factors = new float[SIZES];

  SizeEffect() {
    Arrays.fill(factors, 1);
  }

  /// Far below the mean (under a quarter of its power of two), below, about, or far above (four
  /// times and more): 0 to 3.
  static int size(int weight, long meanWeight) {
    int above = log2(weight) - log2(meanWeight);
    return above >= 2 ? 3 : above >= 0 ? 2 : above >= -2 ? 1 : 0;
  }

  private static int log2(long weight) {
    return 63 - Long.numberOfLeadingZeros(weight);
  }

  void addHit(int size) {
    seen[size]++;
  }

  void addExpected(int size, float hits) {
    expected[size] += hits;
  }

  float factor(int size) {
    return factors[size];
  }

  void learn() {
    for (int size = 0; size < SIZES; size++) {
      factors[size] = (seen[size] + PSEUDO_HITS) / (expected[size] + PSEUDO_HITS);
    }
  }

  void decay() {
    for (int size = 0; size < SIZES; size++) {
      seen[size] *= DECAY;
      expected[size] *= DECAY;
    }
  }
}
