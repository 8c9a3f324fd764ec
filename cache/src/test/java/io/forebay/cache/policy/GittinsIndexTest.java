package io.forebay.cache.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class GittinsIndexTest {

  private static final int STEPS = 12;

  @Test
  void isTheBestRatioOverAllSpans() {
    for (long seed = 1; seed <= 200; seed++) {
      Random random = new Random(seed);
      float[] hazards = new float[STEPS];
      double[] widths = new double[STEPS];
      for (int i = 0; i < STEPS; i++) {
        hazards[i] = (float) Math.pow(10, -5 * random.nextDouble());
        widths[i] = 1 + random.nextInt(100);
      }
      float[] indices = new float[STEPS];
      float[] horizons = new float[STEPS];
      new GittinsIndex(STEPS).compute(hazards, widths, indices, horizons, 0);
      for (int step = 0; step < STEPS; step++) {
        float best = GittinsIndex.within(hazards, widths, 0, step, Double.POSITIVE_INFINITY);
        assertThat(indices[step])
            .as("seed %d, step %d", seed, step)
            .isCloseTo(best, within(best * 1e-4f));
        float atHorizon = GittinsIndex.within(hazards, widths, 0, step, horizons[step]);
        assertThat(atHorizon)
            .as("the horizon reaches it: seed %d, step %d", seed, step)
            .isCloseTo(best, within(best * 1e-4f));
      }
    }
  }

  @Test
  void aFallingHazardIsWorthWhatItIsNow() {
    float[] hazards = {0.1f, 0.01f, 0.001f};
    double[] widths = {10, 10, 10};
    float[] indices = new float[3];
    new GittinsIndex(3).compute(hazards, widths, indices, new float[3], 0);
    assertThat(indices[0]).isCloseTo(0.1f, within(1e-4f));
    assertThat(indices[2]).isCloseTo(0.001f, within(1e-6f));
  }

  @Test
  void whatEndsBeforeItWouldComeBackIsWorthLess() {
    float[] loop = {1e-6f, 1e-6f, 0.5f};
    double[] widths = {100, 100, 100};
    float[] indices = new float[3];
    new GittinsIndex(3).compute(loop, widths, indices, new float[3], 0);
    assertThat(GittinsIndex.within(loop, widths, 0, 0, 150)).isLessThan(indices[0] / 100);
  }
}
