package io.forebay.cache.policy;

/// Sorts ages, counted in requests, into steps that grow by a third each: 0, 1, 2, 3, 4, 5, 7, 9, …
/// A look-up is one read of a table.
final class AgeScale {

  /// Of neighbouring steps. A step's edge has at most four significant bits, so that the highest
  /// four bits of an age tell its step.
  static final double RATIO = 1.32;

  static final int STEPS;

  static final int KEYS = 8 * 32;

  private static final byte[] STEP_OF = new byte[KEYS];
  private static final long[] EDGES;

  static {
    long[] edges = new long[128];
    int count = 1;
    while (edges[count - 1] < Integer.MAX_VALUE) {
      edges[count] = nextEdge(edges[count - 1]);
      count++;
    }
    STEPS = count - 1;
    EDGES = edges;
    int step = 0;
    for (int key = 0; key < STEP_OF.length; key++) {
      while (step < STEPS - 1 && EDGES[step + 1] <= leastAge(key)) {
        step++;
      }
      STEP_OF[key] = (byte) step;
    }
  }

  private AgeScale() {}

  private static long nextEdge(long edge) {
    long wanted = Math.max(edge + 1, Math.round(edge * RATIO));
    int drop = Math.max(0, 60 - Long.numberOfLeadingZeros(wanted));
    return Math.max(edge + 1, ((wanted + (1L << drop) / 2) >> drop) << drop);
  }

  /// What alone an age's step depends on, below [#KEYS]: ages below 8 are their own key; above, the
  /// exponent and the three bits after the first.
  ///
  /// @param anAge counted by a number that wraps around: taken modulo 2^31
  static int key(int anAge) {
    int age = anAge & Integer.MAX_VALUE;
    if (age < 8) {
      return age;
    }
    int exponent = 31 - Integer.numberOfLeadingZeros(age);
    return ((exponent - 2) << 3) | ((age >>> (exponent - 3)) & 7);
  }

  private static long leastAge(int key) {
    return key < 8 ? key : (8L + (key & 7)) << ((key >> 3) - 1);
  }

  /// @param age counted by a number that wraps around: taken modulo 2^31
  static int step(int age) {
    return STEP_OF[key(age)];
  }

  static int stepOfKey(int key) {
    return STEP_OF[key];
  }

  /// The least age of a step.
  static long edge(int step) {
    return EDGES[step];
  }
}
