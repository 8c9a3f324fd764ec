package io.forebay.cache.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class AgeScaleTest {

  @Test
  void anAgeLiesBetweenTheEdgesOfItsStep() {
    Random random = new Random(1);
    for (int i = 0; i < 100_000; i++) {
      int age = i < 5_000 ? i : random.nextInt() & Integer.MAX_VALUE;
      int step = AgeScale.step(age);
      assertThat(AgeScale.edge(step)).isLessThanOrEqualTo(age);
      if (step + 1 < AgeScale.STEPS) {
        assertThat(AgeScale.edge(step + 1)).isGreaterThan(age);
      }
    }
  }

  @Test
  void stepsGrowByAThirdEach() {
    for (int step = 12; step + 1 < AgeScale.STEPS; step++) {
      double ratio = (double) AgeScale.edge(step + 1) / AgeScale.edge(step);
      assertThat(ratio).isBetween(1.2, 1.45);
    }
  }

  @Test
  void aWrappedAgeIsStillAnAge() {
    assertThat(AgeScale.step(-1)).isEqualTo(AgeScale.STEPS - 1);
    assertThat(AgeScale.step(Integer.MIN_VALUE)).isZero();
  }
}
