package io.forebay.cache;

import static io.forebay.cache.TestCaches.HOUR;
import static io.forebay.cache.TestCaches.draft;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.forebay.cache.policy.EvictionPolicies;
import io.forebay.cache.policy.WhatIf.Answer;
import io.forebay.cache.policy.WhatIf.Question;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Predictions beside what caches of those sizes and policies then reach with the same requests.
class WhatIfLiveTest {

  private static final double A_POINT = 0.01;
  private static final Weigher<String, String> BY_LENGTH = (_, value) -> value.length();

  /// Requests by Zipf's law whose favourites change slowly: a hundredth of the ranks moves on every
  /// so often.
  private record Workload(List<String> keys, Lifetime lifetime, boolean byPut, Duration step) {

    static Workload drifting(int requests, int unique, double exponent, long seed) {
      double[] cumulated = new double[unique];
      double sum = 0;
      for (int i = 0; i < unique; i++) {
        sum += Math.pow(i + 1, -exponent);
        cumulated[i] = sum;
      }
      Random random = new Random(seed);
      int[] keyOfRank = new int[unique];
      Arrays.setAll(keyOfRank, rank -> rank);
      int fresh = unique;
      List<String> keys = new ArrayList<>(requests);
      for (int i = 0; i < requests; i++) {
        if (i % 40 == 0) {
          keyOfRank[random.nextInt(unique)] = fresh++;
        }
        int at = Arrays.binarySearch(cumulated, random.nextDouble() * sum);
        keys.add("k" + keyOfRank[Math.min(at < 0 ? -at - 1 : at, unique - 1)]);
      }
      return new Workload(keys, HOUR, false, Duration.ofMillis(1));
    }

    Workload living(Duration lifetime) {
      return new Workload(keys, Lifetime.of(lifetime), byPut, step);
    }

    Workload written() {
      return new Workload(keys, lifetime, true, step);
    }

    /// Read through the cache; what is missing is loaded.
    void run(TestCaches test) {
      for (int i = 0; i < keys.size(); i++) {
        String key = keys.get(i);
        if (test.read(key).equals("nothing")) {
          Draft<String> draft = draft("x".repeat(1 + Math.abs(key.hashCode() % 997)), lifetime);
          if (byPut) {
            test.cache.put(key, draft, Precondition.NONE);
          } else {
            test.cache.complete(test.cache.beginLoad(key), draft);
          }
        }
        test.advance(step);
        if (i % 1_000 == 0) {
          test.upkeep.run();
        }
      }
    }
  }

  private static CacheBuilder<String, String> builder(Question question) {
    return new CacheBuilder<String, String>("test")
        .bounds(new CacheBounds(question.maxWeightBytes(), question.maxEntries()), BY_LENGTH)
        .evictionPolicy(question.policy());
  }

  private static void predictionsHold(
      Workload workload, Question present, WhatIfQuestions questions) {
    TestCaches asked = new TestCaches(builder(present).whatIf(questions));
    workload.run(asked);
    WhatIfReport report = asked.cache.whatIf().orElseThrow();
    assertThat(report.droppedEvents()).isZero();
    double now = asked.cache.statistics().hitRatio();
    for (Answer answer : report.answers()) {
      TestCaches other = new TestCaches(builder(answer.question()));
      workload.run(other);
      double measured = other.cache.statistics().hitRatio();
      assertThat(answer.hitRatio()).as("%s", answer).isCloseTo(measured, within(A_POINT));
      assertThat(answer.measuredHitRatio()).isEqualTo(now);
      assertThat(answer.requests()).isEqualTo(workload.keys.size());
    }
  }

  @Test
  void predictionsOfASmallCacheHoldToThePoint() {
    predictionsHold(
        Workload.drifting(100_000, 20_000, 0.9, 1),
        new Question("auto", Long.MAX_VALUE, 1_000),
        WhatIfQuestions.usual());
  }

  @Test
  void predictionsFromASampleHoldToThePoint() {
    long unbounded = Long.MAX_VALUE;
    predictionsHold(
        Workload.drifting(200_000, 100_000, 0.8, 2),
        new Question("lru", unbounded, 10_000),
        WhatIfQuestions.of(
            List.of(
                new Question("lru", unbounded, 10_000),
                new Question("lru", unbounded, 20_000),
                new Question("lru", unbounded, 40_000),
                new Question("s3-fifo", unbounded, 20_000),
                new Question("auto", unbounded, 20_000))));
  }

  @Tag("long")
  @Test
  void predictionsOfALargeCacheHoldToThePoint() {
    predictionsHold(
        Workload.drifting(1_000_000, 200_000, 0.8, 2),
        new Question("auto", Long.MAX_VALUE, 20_000),
        WhatIfQuestions.usual());
  }

  @Test
  void predictionsForBytesAndLifetimesHoldToThePoint() {
    predictionsHold(
        Workload.drifting(100_000, 20_000, 0.9, 3).living(Duration.ofSeconds(20)),
        new Question("w-tinylfu", 2_000_000, Long.MAX_VALUE),
        WhatIfQuestions.usual());
  }

  @Test
  void predictionsForClientsWritesHoldToThePoint() {
    predictionsHold(
        Workload.drifting(100_000, 20_000, 0.9, 4).written(),
        new Question("s3-fifo", 1_000_000, Long.MAX_VALUE),
        WhatIfQuestions.usual());
  }

  @Test
  void theUsualQuestionsAreSizesAndPoliciesAndFollowTheCache() {
    TestCaches test =
        new TestCaches(
            builder(new Question("lru", 1_000_000, 400)).whatIf(WhatIfQuestions.usual()));
    assertThat(questions(test))
        .startsWith(
            new Question("lru", 250_000, 100),
            new Question("lru", 500_000, 200),
            new Question("lru", 1_000_000, 400),
            new Question("lru", 2_000_000, 800),
            new Question("lru", 4_000_000, 1_600))
        .contains(new Question("auto", 1_000_000, 400))
        .hasSize(4 + EvictionPolicies.names().size());
    test.cache.changeBounds(new CacheBounds(8_000, Long.MAX_VALUE));
    assertThat(questions(test)).contains(new Question("lru", 32_000, Long.MAX_VALUE));
    test.cache.changeEvictionPolicy("sieve");
    assertThat(questions(test)).contains(new Question("sieve", 2_000, Long.MAX_VALUE));
  }

  private static List<Question> questions(TestCaches test) {
    return test.cache.whatIf().orElseThrow().answers().stream().map(Answer::question).toList();
  }

  @Test
  void askedOfACacheThatIsWarmItAnswersWithoutWarmingUp() {
    Workload workload = Workload.drifting(100_000, 20_000, 0.9, 5);
    TestCaches test = new TestCaches(builder(new Question("lru", Long.MAX_VALUE, 2_000)));
    workload.run(test);
    assertThat(test.cache.whatIf()).isEmpty();
    test.cache.askWhatIf(WhatIfQuestions.of(List.of(new Question("lru", Long.MAX_VALUE, 2_000))));
    CacheStatistics before = test.cache.statistics();
    Workload.drifting(20_000, 20_000, 0.9, 5).run(test);
    CacheStatistics after = test.cache.statistics();
    double measured =
        (double) (after.hits() - before.hits())
            / (after.hits() + after.misses() - before.hits() - before.misses());
    Answer answer = test.cache.whatIf().orElseThrow().answers().getFirst();
    assertThat(answer.hitRatio()).isCloseTo(measured, within(A_POINT));
    assertThat(answer.measuredHitRatio()).isCloseTo(measured, within(A_POINT));
    test.cache.stopWhatIf();
    assertThat(test.cache.whatIf()).isEmpty();
  }

  @Test
  void whatWasInvalidatedOrRemovedIsNoHitInAnyCache() {
    TestCaches test = new TestCaches();
    test.cache.askWhatIf(WhatIfQuestions.of(List.of(new Question("lru", Long.MAX_VALUE, 1_000))));
    for (int i = 0; i < 300; i++) {
      test.put("k" + i, "v", "tag" + i % 3);
    }
    test.cache.invalidate(new Scope.Tags(Set.of("tag0")), Invalidation.Mode.HARD);
    test.cache.invalidate(new Scope.Keys(Set.of("k1")), Invalidation.Mode.HARD);
    test.cache.remove("k2", Precondition.NONE);
    test.upkeep.run();
    for (int i = 0; i < 300; i++) {
      test.read("k" + i);
    }
    Answer answer = test.cache.whatIf().orElseThrow().answers().getFirst();
    assertThat(answer.requests()).isEqualTo(300);
    assertThat(answer.measuredHitRatio()).isEqualTo(198.0 / 300);
    assertThat(answer.hitRatio()).isEqualTo(answer.measuredHitRatio());
  }

  @Test
  void whatCameTooFastIsCountedAndTheRestStillForetells() {
    Workload workload = Workload.drifting(400_000, 20_000, 0.9, 6);
    TestCaches test =
        new TestCaches(
            builder(new Question("lru", Long.MAX_VALUE, 4_000))
                .whatIf(WhatIfQuestions.of(List.of(new Question("lru", Long.MAX_VALUE, 4_000)))));
    int reads = 0;
    for (String key : workload.keys()) {
      if (test.read(key).equals("nothing")) {
        test.put(key, "v");
      }
      if (++reads % 50_000 == 0) { // more than the buffer takes
        test.upkeep.run();
      }
    }
    WhatIfReport report = test.cache.whatIf().orElseThrow();
    Answer answer = report.answers().getFirst();
    assertThat(report.droppedEvents()).isPositive();
    assertThat(answer.sampleRate()).isLessThan(1);
    assertThat(answer.requests()).isLessThan(400_000);
    assertThat(answer.hitRatio()).isCloseTo(test.cache.statistics().hitRatio(), within(0.05));
  }

  @Test
  void aQuestionThatCannotBeAskedChangesNothing() {
    TestCaches test = new TestCaches();
    assertThatThrownBy(() -> test.cache.askWhatIf(WhatIfQuestions.of(List.of())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("32");
    assertThatThrownBy(
            () -> test.cache.askWhatIf(WhatIfQuestions.of(List.of(new Question("mru", 1, 1)))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("mru");
    assertThat(test.cache.whatIf()).isEmpty();
  }
}
