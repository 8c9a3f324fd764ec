package io.forebay.cache.policy;

import java.util.Arrays;

/// What [HitDensityPolicy] has learned: for each class of keys and each step of age, how many
/// reuses were seen (`hits`) and how much time keys spent there (`exposure`, in key-requests); and
/// from both the rank of an entry of that class and age.
final class HitDensityTable {

  static final int LEVELS = 6;
  static final int DISTANCES = 8;
  static final int CLASSES = LEVELS * DISTANCES;
  static final int STEPS = 40;

  private static final double PSEUDO = Tune.d("pw", 0.5);
  private static final double PSEUDO_LEVEL = Tune.d("pw2", 8);
  private static final double LEVEL_FACTOR = Tune.d("fm", 3);
  private static final double DECAY = Tune.d("decay", 0.8);
  private static final double SURVIVAL = Tune.d("surv", 0.02);

  private final float[] hits = new float[CLASSES * STEPS];
  private final float[] exposure = new float[CLASSES * STEPS];
  private final float[] ranks = new float[CLASSES * STEPS];

  /// The first step of [AgeScale] that has a column of its own; younger ages share column 0.
  private int offset;

  HitDensityTable(long entries) {
    offset = offsetFor(entries);
    for (int c = 0; c < CLASSES; c++) {
      for (int b = 0; b < STEPS; b++) {
        ranks[c * STEPS + b] = (float) ((1.0 + c / DISTANCES) / (1 + edge(b)));
      }
    }
  }

  /// Column 0 ends at a 32nd of the entries held.
  private static int offsetFor(long entries) {
    int step = AgeScale.step(Math.clamp(entries / 32, 1, Integer.MAX_VALUE / 2));
    return Math.clamp(step - 1, 0, AgeScale.STEPS - STEPS);
  }

  long edge(int column) {
    return column == 0 ? 0 : AgeScale.edge(offset + column);
  }

  int column(int age) {
    return Math.clamp(AgeScale.step(age) - offset, 0, STEPS - 1);
  }

  void addHit(int keyClass, int age) {
    hits[keyClass * STEPS + column(age)]++;
  }

  void addExposure(int keyClass, int age, float amount) {
    exposure[keyClass * STEPS + column(age)] += amount;
  }

  float rank(int keyClass, int age) {
    return ranks[keyClass * STEPS + column(age)];
  }

  void decay() {
    for (int i = 0; i < hits.length; i++) {
      hits[i] *= (float) DECAY;
      exposure[i] *= (float) DECAY;
    }
  }

  /// The number of entries has changed: moves the columns along.
  void rescale(long entries) {
    int target = offsetFor(entries);
    while (offset < target) {
      shiftDown();
      offset++;
    }
    while (offset > target) {
      shiftUp();
      offset--;
    }
  }

  private void shiftDown() {
    for (int c = 0; c < CLASSES; c++) {
      int at = c * STEPS;
      hits[at] += hits[at + 1];
      exposure[at] += exposure[at + 1];
      System.arraycopy(hits, at + 2, hits, at + 1, STEPS - 2);
      System.arraycopy(exposure, at + 2, exposure, at + 1, STEPS - 2);
      System.arraycopy(ranks, at + 1, ranks, at, STEPS - 1);
      hits[at + STEPS - 1] = 0;
      exposure[at + STEPS - 1] = 0;
    }
  }

  private void shiftUp() {
    for (int c = 0; c < CLASSES; c++) {
      int at = c * STEPS;
      int end = at + STEPS - 1;
      float lastHits = hits[end];
      float lastExposure = exposure[end];
      System.arraycopy(hits, at, hits, at + 1, STEPS - 1);
      System.arraycopy(exposure, at, exposure, at + 1, STEPS - 1);
      System.arraycopy(ranks, at, ranks, at + 1, STEPS - 1);
      hits[at] = hits[at + 1] / 2;
      exposure[at] = exposure[at + 1] / 2;
      hits[at + 1] /= 2;
      exposure[at + 1] /= 2;
      hits[end] += lastHits;
      exposure[end] += lastExposure;
    }
  }

  private final double[] global = new double[STEPS];
  private final double[] level = new double[STEPS];
  private final double[] hazard = new double[STEPS];
  private final double[] width = new double[STEPS];
  private final double[] died = new double[STEPS];
  private final double[] time = new double[STEPS];
  private final double[] survive = new double[STEPS];

  void recompute() {
    for (int b = 0; b < STEPS; b++) {
      width[b] = AgeScale.edge(offset + b + 1) - edge(b);
    }
    double allHits = 0;
    double allExposure = 0;
    for (int i = 0; i < hits.length; i++) {
      allHits += hits[i];
      allExposure += exposure[i];
    }
    if (allHits < 1 || allExposure < 1) {
      return;
    }
    double prior = allHits / allExposure * 4;
    for (int b = 0; b < STEPS; b++) {
      double h = 0;
      double e = 0;
      for (int c = 0; c < CLASSES; c++) {
        h += hits[c * STEPS + b];
        e += exposure[c * STEPS + b];
      }
      global[b] = shrink(h, e, PSEUDO, prior);
      prior = global[b] / AgeScale.RATIO;
    }
    double factor = 1;
    for (int l = 0; l < LEVELS; l++) {
      for (int b = 0; b < STEPS; b++) {
        double h = 0;
        double e = 0;
        for (int d = 0; d < DISTANCES; d++) {
          h += hits[(l * DISTANCES + d) * STEPS + b];
          e += exposure[(l * DISTANCES + d) * STEPS + b];
        }
        level[b] = shrink(h, e, PSEUDO_LEVEL, global[b] * factor);
      }
      for (int d = 0; d < DISTANCES; d++) {
        int at = (l * DISTANCES + d) * STEPS;
        for (int b = 0; b < STEPS; b++) {
          hazard[b] = shrink(hits[at + b], exposure[at + b], PSEUDO, level[b]);
        }
        rankClass(at);
      }
      factor *= LEVEL_FACTOR;
    }
  }

  private static double shrink(double hits, double exposure, double pseudo, double prior) {
    double k = pseudo / Math.max(prior, 1e-12);
    return (hits + k * prior) / (exposure + k);
  }

  private void rankClass(int at) {
    for (int b = 0; b < STEPS; b++) {
      double expected = hazard[b] * width[b];
      if (expected < 1e-6) {
        survive[b] = 1 - expected;
        died[b] = expected;
        time[b] = width[b];
      } else {
        survive[b] = Math.exp(-expected);
        died[b] = 1 - survive[b];
        time[b] = died[b] / hazard[b];
      }
    }
    for (int b = 0; b < STEPS; b++) {
      double alive = 1;
      double h = 0;
      double t = 1e-12;
      double best = 0;
      for (int j = b; j < STEPS; j++) {
        h += alive * died[j];
        t += alive * time[j];
        alive *= survive[j];
        if (h > best * t) {
          best = h / t;
        }
        if (alive < SURVIVAL) {
          break;
        }
      }
      ranks[at + b] = (float) best;
    }
  }

  @Override
  public String toString() {
    return Arrays.toString(ranks);
  }
}
