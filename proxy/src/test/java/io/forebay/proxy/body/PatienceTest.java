package io.forebay.proxy.body;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PatienceTest {

  private static final long SECOND = 1_000_000_000L;
  private static final Duration MINUTE = Duration.ofMinutes(1);

  @Test
  void withoutARateEachWaitMayTakeTheIdleTimeout() {
    Patience patience = Patience.ofIdle(MINUTE);
    for (int i = 0; i < 100; i++) {
      patience.came(1, 59 * SECOND);
      assertThat(patience.nanos()).isEqualTo(60 * SECOND);
    }
    assertThat(Patience.ofRate(MINUTE, 0).nanos()).isEqualTo(60 * SECOND);
  }

  @Test
  void aRateCountsAllWaitsTogether() {
    Patience patience = Patience.ofRate(MINUTE, 500);
    patience.came(1, 50 * SECOND);
    assertThat(patience.nanos()).isEqualTo(10 * SECOND + SECOND / 500);
    patience.came(1_000, 5 * SECOND);
    assertThat(patience.nanos()).isEqualTo(7 * SECOND + SECOND / 500);
  }

  @Test
  void whatCameFastIsNotSavedUp() {
    Patience patience = Patience.ofRate(MINUTE, 1);
    patience.came(Integer.MAX_VALUE, 0);
    assertThat(patience.nanos()).isEqualTo(60 * SECOND);
  }

  @Test
  void silenceAndSlownessAreToldApart() {
    Patience patience = Patience.ofRate(MINUTE, 500);
    assertThat(patience.fault(60 * SECOND)).isEqualTo("no part of the body came for PT1M");
    assertThat(patience.fault(10 * SECOND))
        .isEqualTo("the body came slower than 500 bytes a second");
  }

  @Test
  void withTheRateOverEachWaitMayTakeTheIdleTimeoutAgain() {
    Patience patience = Patience.ofRate(MINUTE, 500);
    patience.came(1, 59 * SECOND);
    patience.endRate();
    assertThat(patience.nanos()).isEqualTo(60 * SECOND);
    patience.came(1, 59 * SECOND);
    assertThat(patience.nanos()).isEqualTo(60 * SECOND);
  }
}
