package io.forebay.proxy.origin;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.cache.testing.TestingTimeSource;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RetryBudgetTest {

  private final TestingTimeSource time = new TestingTimeSource();
  private final RetryBudget budget = new RetryBudget(time.nanoTime());

  private int taken(int percent, long requests, int tries) {
    int taken = 0;
    for (int i = 0; i < tries; i++) {
      taken += budget.tryTake(percent, requests, time.nanoTime()) ? 1 : 0;
    }
    return taken;
  }

  @Test
  void anOutageAddsNoMoreThanItsShare() {
    assertThat(taken(20, 10_000, 10_000)).isEqualTo(2_000);
    assertThat(budget.refused()).isEqualTo(8_000);
    // The next span has as much again, by the rate of the last.
    time.advance(Duration.ofSeconds(10));
    assertThat(taken(20, 12_000, 10_000)).isEqualTo(2_400);
  }

  @Test
  void fewRequestsMayAllBeRepeated() {
    assertThat(taken(20, 40, 40)).isEqualTo(40);
    assertThat(taken(20, 40, 1_000)).isEqualTo(60);
  }

  @Test
  void zeroMeansNone() {
    assertThat(taken(0, 1_000_000, 10)).isZero();
  }

  @Test
  void longAgoIsNoReasonForManyNow() {
    time.advance(Duration.ofHours(1));
    assertThat(taken(20, 360_000, 1_000)).as("1000 in ten seconds, on average").isEqualTo(200);
  }
}
