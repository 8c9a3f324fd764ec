package io.forebay.server.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.forebay.cache.Departure;
import io.forebay.cache.testing.TestingTimeSource;
import io.forebay.server.caches.StoredValue;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChangeLearningTest {

  private static final double SHARE = 0.1;

  private final TestingTimeSource time = new TestingTimeSource();
  private final ChangeLearning learning = new ChangeLearning(time, Duration.ofSeconds(60), SHARE);
  private final LearningPredictor predictor =
      new LearningPredictor(learning, Duration.ofSeconds(1), Duration.ofDays(1), SHARE);

  private static StoredValue value(String text) {
    return new StoredValue(text.getBytes(StandardCharsets.UTF_8), "text/plain; charset=utf-8");
  }

  private Duration ttl(String key) {
    return predictor.predict(key, Optional.empty()).ttl();
  }

  private double changesASecond(String key) {
    return learning.basis(key, Optional.empty()).rate().mean();
  }

  @Test
  void beforeAnythingIsKnownItIsTheFirstTtlAndNotSure() {
    var prediction = predictor.predict("user:1", Optional.of(value("x")));
    assertThat(prediction.ttl()).isEqualTo(Duration.ofSeconds(60));
    assertThat(prediction.basis().orElseThrow().keyClass()).isEqualTo("*");
    assertThat(prediction.basis().orElseThrow().rate().sureness()).isZero();
  }

  /// Poisson changes, seen only when the key is written again long after its time: each look says
  /// "changed" or "the same". Counting looks would find at most one change a look.
  @ParameterizedTest
  @CsvSource({"0.02, 10", "0.02, 60", "0.02, 120", "0.001, 100"})
  void theRateIsFoundAlthoughOnlySomeChangesAreSeen(double rate, double look) {
    long seed = 42;
    var random = new Random(seed);
    int state = 0;
    for (int i = 0; i < 4_000; i++) {
      learning.written("default", "price:1", value("v" + state), Duration.ofMillis(1));
      time.advance(Duration.ofMillis((long) (look * 1000)));
      double passed = -Math.log(1 - random.nextDouble()) / rate;
      while (passed < look) {
        state++;
        passed += -Math.log(1 - random.nextDouble()) / rate;
      }
    }
    assertThat(changesASecond("price:1")).as("seed " + seed).isCloseTo(rate, within(0.25 * rate));
  }

  @Test
  void ofTheValuesNoMoreThanTheChosenShareChangesWithinTheirLifetime() {
    var random = new Random(7);
    double rate = 0.01;
    for (int i = 0; i < 3_000; i++) {
      String key = "item:" + i % 50;
      learning.written("default", key, value("v" + i), Duration.ofDays(1));
      time.advance(
          Duration.ofMillis((long) (-Math.log(1 - random.nextDouble()) / rate / 50 * 1000)));
    }
    double ttl = ttl("item:99").toSeconds();
    double outdated = 1 - Math.exp(-rate * ttl);
    assertThat(outdated).isCloseTo(SHARE, within(0.03));
  }

  @Test
  void aNewKeyBorrowsFromItsKindAndOtherKindsDoNot() {
    for (int i = 0; i < 100; i++) {
      learning.written("default", "stock:" + i % 5, value("v" + i), Duration.ofDays(1));
      learning.written("default", "archive:" + i % 5, value("same"), Duration.ofDays(1));
      time.advance(Duration.ofSeconds(1));
    }
    assertThat(ttl("stock:1234")).isLessThan(Duration.ofSeconds(20));
    assertThat(ttl("stock:abc")).isLessThan(Duration.ofSeconds(30));
    assertThat(ttl("archive:1")).isGreaterThan(ttl("stock:1234"));
  }

  @Test
  void deletionsAndInvalidationsAreChangesAndEvictionsAreNot() {
    for (int i = 0; i < 50; i++) {
      learning.written("default", "a:1", value("same"), Duration.ofDays(1));
      learning.written("default", "b:1", value("same"), Duration.ofDays(1));
      learning.written("default", "c:1", value("same"), Duration.ofDays(1));
      time.advance(Duration.ofSeconds(10));
      learning.deleted("default", "a:1");
      learning.departed("default", new Departure<>("b:1", Departure.Cause.INVALIDATED, time.now()));
      learning.departed(
          "default", new Departure<>("c:1", Departure.Cause.EVICTED_FOR_BYTES, time.now()));
    }
    assertThat(changesASecond("a:1")).isCloseTo(0.1, within(0.02));
    assertThat(changesASecond("b:1")).isCloseTo(0.1, within(0.02));
    assertThat(changesASecond("c:1")).isLessThan(0.02);
  }

  @Test
  void pagesThatTheirOriginConfirmsLiveLonger() {
    for (int i = 0; i < 50; i++) {
      learning.fetched("shop.example/news/1", false);
      learning.fetched("shop.example/about", i > 0);
      time.advance(Duration.ofSeconds(30));
    }
    double news = predictor.predict("shop.example/news/1", Optional.empty()).ttl().toSeconds();
    double about = predictor.predict("shop.example/about", Optional.empty()).ttl().toSeconds();
    assertThat(about).isGreaterThan(5 * news);
  }

  @Test
  void itFollowsWhenWhatItKnewIsOver() {
    for (int i = 0; i < 2_000; i++) {
      learning.written("default", "k:1", value("v" + i), Duration.ofDays(1));
      time.advance(Duration.ofSeconds(1));
    }
    for (int i = 0; i < 1_000; i++) {
      learning.written("default", "k:1", value("w" + i), Duration.ofDays(1));
      time.advance(Duration.ofSeconds(100));
    }
    assertThat(changesASecond("k:1")).isCloseTo(0.01, within(0.004));
  }

  @Test
  void classesStopGrowingAtTheirBoundAndAreCounted() {
    for (int i = 0; i < ChangeLearning.MAX_CLASSES; i++) {
      String key = "p" + word(i) + ":x";
      learning.written("default", key, value("1"), Duration.ofDays(1));
      learning.deleted("default", key);
    }
    assertThat(learning.classes()).isLessThanOrEqualTo(ChangeLearning.MAX_CLASSES);
    assertThat(learning.classesRefused()).isPositive();
  }

  private static String word(int number) {
    return Integer.toString(number, 26)
        .chars()
        .mapToObj(c -> Character.toString(Character.isDigit(c) ? 'q' + c - '0' : c))
        .reduce("", String::concat);
  }

  @Test
  void keysHaveClassesFromNarrowToBroad() {
    assertThat(KeyClass.of("user:4711", Optional.of(value("x".repeat(300)))))
        .containsExactly("user|user:0|plain|2^10", "user|user:0", "user", "*");
    assertThat(KeyClass.of("session-a8f3", Optional.empty()))
        .isEqualTo(List.of("session-x|session-x", "session-x", "*"));
    assertThat(KeyClass.of("", Optional.empty())).hasSize(3);
  }
}
