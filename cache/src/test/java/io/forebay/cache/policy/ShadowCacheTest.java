package io.forebay.cache.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShadowCacheTest {

  private static final long UNBOUNDED = Long.MAX_VALUE;

  private static void feed(TestingWorkload workload, ShadowCache shadow) {
    for (int key : workload.keys()) {
      shadow.record(Hashing.mix(key + 1), 1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"auto", "lru", "s3-fifo", "w-tinylfu"})
  void aSampleForetellsWhatAFullReplayReaches(String policy) {
    TestingWorkload workload = TestingWorkload.zipf(600_000, 200_000, 0.8, 1);
    ShadowCache shadow =
        new ShadowCache(policy, UNBOUNDED, 20_000, ShadowCache.DEFAULT_MAX_TRACKED, 1);
    feed(workload, shadow);
    assertThat(shadow.sampleRate()).isEqualTo(0.8192);
    assertThat(shadow.hitRatio()).isCloseTo(workload.hitRatio(policy, 20_000), within(0.01));
  }

  @Test
  void aSmallCacheIsSimulatedExactly() {
    TestingWorkload workload = TestingWorkload.zipf(50_000, 5_000, 0.9, 2);
    ShadowCache shadow = new ShadowCache("lru", UNBOUNDED, 500, 1_000, 1);
    feed(workload, shadow);
    assertThat(shadow.sampleRate()).isEqualTo(1);
    assertThat(shadow.hitRatio()).isEqualTo(workload.hitRatio("lru", 500));
  }

  @Test
  void aBoundInBytesLowersTheRateUntilTheMiniatureFits() {
    TestingWorkload workload = TestingWorkload.zipf(400_000, 100_000, 0.7, 3);
    ShadowCache shadow = new ShadowCache("lru", 30_000, UNBOUNDED, 4_000, 1);
    for (int key : workload.keys()) {
      shadow.record(Hashing.mix(key + 1), 1);
      assertThat(shadow.tracked()).isLessThanOrEqualTo(4_000);
    }
    assertThat(shadow.sampleRate()).isBetween(0.09, 0.14);
    assertThat(shadow.hitRatio()).isCloseTo(workload.hitRatio("lru", 30_000), within(0.02));
  }

  @Test
  void otherBoundsTakeEffectAtOnce() {
    TestingWorkload workload = TestingWorkload.zipf(100_000, 5_000, 0.9, 4);
    ShadowCache shadow = new ShadowCache("lru", UNBOUNDED, 200, 2_000, 1);
    feed(workload, shadow);
    shadow.changeCapacity(UNBOUNDED, 1_000);
    feed(workload, shadow);
    shadow.restartCounting();
    assertThat(shadow.hitRatio()).isZero();
    feed(workload, shadow);
    assertThat(shadow.requests()).isEqualTo(100_000);
    assertThat(shadow.hitRatio()).isCloseTo(workload.hitRatio("lru", 1_000), within(0.02));
  }

  @Test
  void everyQuestionGetsAnAnswer() {
    List<WhatIf.Question> questions =
        List.of(
            new WhatIf.Question("lru", UNBOUNDED, 500),
            new WhatIf.Question("lru", UNBOUNDED, 1_000),
            new WhatIf.Question("auto", 500, UNBOUNDED));
    WhatIf whatIf = new WhatIf(questions, 2_000, 1);
    for (int key : TestingWorkload.zipf(50_000, 5_000, 0.8, 5).keys()) {
      whatIf.record(Hashing.mix(key + 1), 1);
    }
    List<WhatIf.Answer> answers = whatIf.answers();
    assertThat(answers).extracting(WhatIf.Answer::question).isEqualTo(questions);
    assertThat(answers).allMatch(answer -> answer.requests() == 50_000);
    assertThat(answers.get(1).hitRatio()).isGreaterThan(answers.get(0).hitRatio());
    assertThat(answers.get(2).hitRatio()).isGreaterThan(answers.get(0).hitRatio());
    whatIf.restartCounting();
    assertThat(whatIf.answers()).allMatch(answer -> answer.requests() == 0);
  }

  @Test
  void tooSmallAMiniatureIsRefused() {
    assertThatThrownBy(() -> new ShadowCache("lru", 10, 10, 15, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
