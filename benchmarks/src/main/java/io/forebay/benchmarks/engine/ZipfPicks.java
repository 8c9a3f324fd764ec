package io.forebay.benchmarks.engine;

import java.util.Arrays;
import java.util.Random;

/// Draws ranks by Zipf's law, by inverting the cumulative weights; ranks are scattered over the
/// keys so that neighbours in popularity are not neighbours in memory.
final class ZipfPicks {

  private final double[] cumulative;
  private final int[] scattered;
  private final Random random;

  ZipfPicks(int keys, double exponent, Random random) {
    this.random = random;
    cumulative = new double[keys];
    scattered = new int[keys];
    double sum = 0;
    for (int rank = 0; rank < keys; rank++) {
      sum += 1 / Math.pow(rank + 1, exponent);
      cumulative[rank] = sum;
      scattered[rank] = rank;
    }
    for (int i = keys - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      int swap = scattered[i];
      scattered[i] = scattered[other];
      scattered[other] = swap;
    }
  }

  int next() {
    double at = random.nextDouble() * cumulative[cumulative.length - 1];
    int found = Arrays.binarySearch(cumulative, at);
    int rank = found >= 0 ? found : -found - 1;
    return scattered[Math.min(rank, scattered.length - 1)];
  }
}
