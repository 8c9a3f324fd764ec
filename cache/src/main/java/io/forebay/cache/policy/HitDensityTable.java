package io.forebay.cache.policy;

import java.util.Arrays;

/// What [HitDensityPolicy] has learned: for each class of keys and each step of age, how many
/// reuses were seen (*hits*), and how long keys were there (*exposure*, in keys times requests).
/// Hits over exposure is the hazard; from the hazards of a class follows the worth of its entries
/// at each age ([GittinsIndex]).
///
/// **Classes**: six levels of frequency times eight of the distance between the last two accesses
/// (0 is unknown). **Shrinkage**: where little was seen, the hazard leans on that of a wider group:
/// a cell on its level, at half a pseudo-hit; a level on all keys, times three for each level, so
/// that at first what was used more often is worth more; all keys on the next younger step.
///
/// **Columns**: the 40 steps of [AgeScale] whose first ends at a 32nd of the entries held. When
/// that number changes, the columns move along.
///
/// 40 KB.
final class HitDensityTable {

  static final int LEVELS = 6;
  static final int DISTANCES = 8;
  static final int CLASSES = LEVELS * DISTANCES;
  static final int COLUMNS = 40;

  private static final double PSEUDO_HITS = 0.5;
  private static final double PSEUDO_HITS_OF_LEVEL = 16;
  private static final double LEVEL_FACTOR = 3;
  private static final float DECAY = 0.9f;
  private static final double LEAST_HAZARD = 1e-12;

  private static final int FIRST_DISTANCE_COLUMN = 6;
  private static final int COLUMNS_PER_DISTANCE = 4;

  private final float[] hits = new float[CLASSES * COLUMNS];
  private final float[] exposure = new float[CLASSES * COLUMNS];
  private final float[] hazards = new float[CLASSES * COLUMNS];
  private final float[] ranks = new float[CLASSES * COLUMNS];
  private final float[] horizons = new float[CLASSES * COLUMNS];
  private final double[] widths = new double[COLUMNS];

  private final GittinsIndex index = new GittinsIndex(COLUMNS);
  private final double[] all = new double[COLUMNS];
  private final double[] levelHits = new double[COLUMNS];
  private final double[] levelExposure = new double[COLUMNS];
  private final double[] pseudoExposure = new double[COLUMNS];

  /// By [AgeScale#key].
  private final byte[] columnOfKey = new byte[AgeScale.KEYS];

  /// The step of [AgeScale] that column 0 ends with; younger ages share it.
  private int offset;

  HitDensityTable(long entries) {
    offset = offset(entries);
    measure();
    for (int keyClass = 0; keyClass < CLASSES; keyClass++) {
      for (int column = 0; column < COLUMNS; column++) {
        int cell = keyClass * COLUMNS + column;
        int level = keyClass / DISTANCES;
        ranks[cell] = (1f + level) / (1f + edge(column));
        hazards[cell] = ranks[cell];
      }
    }
  }

  private static int offset(long entries) {
    int step = AgeScale.step(Math.clamp(entries / 32, 1, Integer.MAX_VALUE / 2));
    return Math.clamp(step - 1, 0, AgeScale.STEPS - COLUMNS);
  }

  /// The least age of a column; of the column after the last, where the last ends.
  private long edge(int column) {
    return column == 0 ? 0 : AgeScale.edge(offset + column);
  }

  private void measure() {
    for (int key = 0; key < AgeScale.KEYS; key++) {
      int column = Math.clamp(AgeScale.stepOfKey(key) - offset, 0, COLUMNS - 1);
      columnOfKey[key] = (byte) column;
    }
    for (int column = 0; column < COLUMNS; column++) {
      widths[column] = edge(column + 1) - edge(column);
    }
  }

  private int column(int age) {
    return columnOfKey[AgeScale.key(age)];
  }

  private int cell(int keyClass, int age) {
    return keyClass * COLUMNS + column(age);
  }

  /// Which of the distances, from 1 on, an age between two accesses is.
  int distance(int age) {
    int distance = 1 + (column(age) - FIRST_DISTANCE_COLUMN) / COLUMNS_PER_DISTANCE;
    return Math.clamp(distance, 1, DISTANCES - 1);
  }

  /// @param age at least 0, as everywhere here
  void addHit(int keyClass, int age) {
    hits[cell(keyClass, age)]++;
  }

  void addExposure(int keyClass, int age, float amount) {
    exposure[cell(keyClass, age)] += amount;
  }

  /// Expected hits for each request of time held.
  float rank(int keyClass, int age) {
    return ranks[cell(keyClass, age)];
  }

  /// The rank of an entry that ends after so many requests.
  float rank(int keyClass, int age, float remaining) {
    int cell = cell(keyClass, age);
    if (remaining >= horizons[cell]) {
      return ranks[cell];
    }
    int column = cell % COLUMNS;
    return GittinsIndex.within(hazards, widths, cell - column, column, remaining);
  }

  /// What is old counts less.
  void decay() {
    for (int cell = 0; cell < hits.length; cell++) {
      hits[cell] *= DECAY;
      exposure[cell] *= DECAY;
    }
  }

  /// Derives hazards and ranks anew from hits and exposure. About 20 µs.
  void learn() {
    if (!poolAllKeys()) {
      return;
    }
    double factor = 1;
    for (int number = 0; number < LEVELS; number++) {
      poolLevel(number, factor);
      // A key's first use is at level 0 and has no distance yet; every later one has both.
      int first = number == 0 ? 0 : number * DISTANCES + 1;
      int last = number == 0 ? 0 : number * DISTANCES + DISTANCES - 1;
      for (int keyClass = first; keyClass <= last; keyClass++) {
        learnClass(keyClass * COLUMNS);
      }
      factor *= LEVEL_FACTOR;
    }
  }

  private void learnClass(int from) {
    for (int column = 0; column < COLUMNS; column++) {
      int cell = from + column;
      hazards[cell] =
          (float) ((hits[cell] + PSEUDO_HITS) / (exposure[cell] + pseudoExposure[column]));
    }
    index.compute(hazards, widths, ranks, horizons, from);
  }

  /// @return false when nothing was seen yet
  private boolean poolAllKeys() {
    Arrays.fill(levelHits, 0);
    Arrays.fill(levelExposure, 0);
    for (int keyClass = 0; keyClass < CLASSES; keyClass++) {
      for (int column = 0; column < COLUMNS; column++) {
        levelHits[column] += hits[keyClass * COLUMNS + column];
        levelExposure[column] += exposure[keyClass * COLUMNS + column];
      }
    }
    double allHits = Arrays.stream(levelHits).sum();
    double allExposure = Arrays.stream(levelExposure).sum();
    if (allHits < 1 || allExposure < 1) {
      return false;
    }
    double prior = 4 * allHits / allExposure;
    for (int column = 0; column < COLUMNS; column++) {
      all[column] = shrunk(levelHits[column], levelExposure[column], prior, PSEUDO_HITS);
      prior = all[column] / AgeScale.RATIO;
    }
    return true;
  }

  private void poolLevel(int number, double factor) {
    Arrays.fill(levelHits, 0);
    Arrays.fill(levelExposure, 0);
    for (int keyClass = number * DISTANCES; keyClass < (number + 1) * DISTANCES; keyClass++) {
      for (int column = 0; column < COLUMNS; column++) {
        levelHits[column] += hits[keyClass * COLUMNS + column];
        levelExposure[column] += exposure[keyClass * COLUMNS + column];
      }
    }
    for (int column = 0; column < COLUMNS; column++) {
      double hazard =
          shrunk(
              levelHits[column],
              levelExposure[column],
              all[column] * factor,
              PSEUDO_HITS_OF_LEVEL * factor);
      pseudoExposure[column] = PSEUDO_HITS / hazard;
    }
  }

  /// The hazard after `pseudoHits` more hits at the rate of the prior.
  private static double shrunk(double hits, double exposure, double prior, double pseudoHits) {
    double pseudoExposure = pseudoHits / Math.max(prior, LEAST_HAZARD);
    return Math.max((hits + pseudoHits) / (exposure + pseudoExposure), LEAST_HAZARD);
  }

  /// The number of entries held has changed: moves the columns along.
  void rescale(long entries) {
    int target = offset(entries);
    if (target == offset) {
      return;
    }
    for (; offset < target; offset++) {
      shiftToYounger();
    }
    for (; offset > target; offset--) {
      shiftToOlder();
    }
    measure();
    learn();
  }

  private void shiftToYounger() {
    for (int from = 0; from < hits.length; from += COLUMNS) {
      for (float[] counts : new float[][] {hits, exposure}) {
        counts[from] += counts[from + 1];
        System.arraycopy(counts, from + 2, counts, from + 1, COLUMNS - 2);
        counts[from + COLUMNS - 1] = 0;
      }
    }
  }

  private void shiftToOlder() {
    for (int from = 0; from < hits.length; from += COLUMNS) {
      for (float[] counts : new float[][] {hits, exposure}) {
        counts[from + COLUMNS - 1] += counts[from + COLUMNS - 2];
        System.arraycopy(counts, from, counts, from + 1, COLUMNS - 2);
        counts[from] /= 2;
        counts[from + 1] /= 2;
      }
    }
  }
}
