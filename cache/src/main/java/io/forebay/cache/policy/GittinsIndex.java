package io.forebay.cache.policy;

/// The Gittins index of an entry at each step of its age, from the hazard (probability of a reuse
/// in the next request) at each step: of all spans one might go on holding it, the best expected
/// hits over expected time held. What is worth least by this measure is the right one to give up,
/// if entries are independent.
///
/// Computed from the oldest step back: a step whose own ratio is lower than that of what follows is
/// worth waiting through, so it is merged with it. Linear in the steps.
///
/// Gittins, "Bandit processes and dynamic allocation indices", 1979; for caches: Beckmann and
/// others, "LHD", NSDI 2018.
final class GittinsIndex {

  private final double[] stepHits;
  private final double[] stepTimes;
  private final double[] stepSurvivals;

  /// Steps merged so far, the youngest on top.
  private final double[] hits;

  private final double[] times;
  private final double[] survivals;
  private final double[] spans;

  GittinsIndex(int steps) {
    stepHits = new double[steps];
    stepTimes = new double[steps];
    stepSurvivals = new double[steps];
    hits = new double[steps];
    times = new double[steps];
    survivals = new double[steps];
    spans = new double[steps];
  }

  /// @param hazards from `from` on, one for each width; above 0
  /// @param widths of the steps, in requests
  /// @param indices receives the index of each step, from `from` on
  /// @param horizons receives how long the best span is, in requests, from `from` on
  void compute(float[] hazards, double[] widths, float[] indices, float[] horizons, int from) {
    for (int step = 0; step < widths.length; step++) {
      double hazard = hazards[from + step];
      double survival = survival(hazard * widths[step]);
      stepSurvivals[step] = survival;
      stepHits[step] = 1 - survival;
      stepTimes[step] = (1 - survival) / hazard;
    }
    int top = 0;
    for (int step = widths.length - 1; step >= 0; step--) {
      double hit = stepHits[step];
      double time = stepTimes[step];
      double survival = stepSurvivals[step];
      double span = widths[step];
      while (top > 0 && hits[top - 1] * time > hit * times[top - 1]) {
        top--;
        hit += survival * hits[top];
        time += survival * times[top];
        survival *= survivals[top];
        span += spans[top];
      }
      hits[top] = hit;
      times[top] = time;
      survivals[top] = survival;
      spans[top] = span;
      top++;
      indices[from + step] = (float) (hit / time);
      horizons[from + step] = (float) span;
    }
  }

  /// The index at a step when the entry ends after so many requests.
  static float within(float[] hazards, double[] widths, int from, int step, double remaining) {
    double survival = 1;
    double hit = 0;
    double time = 0;
    double best = 0;
    double left = remaining;
    for (int i = step; i < widths.length && left > 0; i++) {
      double hazard = hazards[from + i];
      double passed = survival(hazard * Math.min(left, widths[i]));
      hit += survival * (1 - passed);
      time += survival * (1 - passed) / hazard;
      survival *= passed;
      best = Math.max(best, hit / time);
      left -= widths[i];
    }
    return (float) best;
  }

  /// e^-x to about 1 % for the x that occur, without the cost of an exponential.
  private static double survival(double x) {
    return 1 / (1 + x * (1 + x * (0.5 + x * (1.0 / 6))));
  }
}
