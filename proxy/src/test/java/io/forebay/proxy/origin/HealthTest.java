package io.forebay.proxy.origin;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.cache.testing.TestingTimeSource;
import io.forebay.proxy.origin.CheckSettings.StatusRange;
import io.forebay.proxy.origin.Health.Cause;
import io.forebay.proxy.origin.Health.Spell;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HealthTest {

  private static final PoolSettings PLAIN =
      PoolSettings.of("p", List.of(new Origin("127.0.0.1", 1, false)))
          .with(new PoolSettings.DownRules(3, seconds(5), seconds(20), 50));
  private static final CheckSettings CHECK =
      new CheckSettings(
          "/", Optional.empty(), seconds(1), seconds(1), List.of(new StatusRange(200, 299)), 2, 3);

  private final TestingTimeSource time = new TestingTimeSource();
  private final List<Spell> heard = new ArrayList<>();

  private static Duration seconds(int seconds) {
    return Duration.ofSeconds(seconds);
  }

  private Health health(PoolSettings settings) {
    return new Health(settings, time.nanoTime(), heard::add);
  }

  private void fail(Health health, int times) {
    for (int i = 0; i < times; i++) {
      health.failed(health.spell().number(), time.nanoTime(), Cause.UNREACHABLE, "refused");
    }
  }

  private void succeed(Health health) {
    health.succeeded(health.spell().number(), time.nanoTime());
  }

  private static Duration length(Health health) {
    return Duration.ofNanos(((Spell.Down) health.spell()).lengthNanos());
  }

  @Test
  void failuresInARowTakeAnOriginDownAndASuccessBetweenThemDoesNot() {
    Health health = health(PLAIN);
    fail(health, 2);
    succeed(health);
    fail(health, 2);
    assertThat(health.isUp()).isTrue();
    fail(health, 1);
    assertThat(health.isUp()).isFalse();
    assertThat(heard).singleElement().isInstanceOf(Spell.Down.class);
  }

  @Test
  void theTrialIsOneRequestAndOnlyWhenTheTimeIsOver() {
    Health health = health(PLAIN);
    fail(health, 3);
    assertThat(health.claimTrial(time.nanoTime())).isFalse();
    time.advance(seconds(5));
    assertThat(health.isTrialDue(time.nanoTime())).isTrue();
    assertThat(health.claimTrial(time.nanoTime())).isTrue();
    assertThat(health.claimTrial(time.nanoTime())).as("a second one").isFalse();
    health.trialOver();
    assertThat(health.claimTrial(time.nanoTime())).isTrue();
    succeed(health);
    assertThat(health.isUp()).isTrue();
  }

  @Test
  void eachFailedTrialDoublesTheTimeUpToItsBound() {
    Health health = health(PLAIN);
    fail(health, 3);
    List<Duration> lengths = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      lengths.add(length(health));
      time.advance(length(health));
      fail(health, 1);
    }
    assertThat(lengths).containsExactly(seconds(5), seconds(10), seconds(20), seconds(20));
  }

  @Test
  void failuresBeforeTheTimeIsOverChangeNothing() {
    Health health = health(PLAIN);
    fail(health, 30);
    assertThat(length(health)).isEqualTo(seconds(5));
    assertThat(heard).hasSize(1);
  }

  /// ```
  /// a slow request begins     the origin goes down     the slow request succeeds
  /// ```
  @Test
  void whatBeganBeforeSaysNothingAboutRecovery() {
    Health health = health(PLAIN);
    long before = health.spell().number();
    fail(health, 3);
    health.succeeded(before, time.nanoTime());
    assertThat(health.isUp()).isFalse();
    // Nor does a late failure take down an origin that has recovered.
    time.advance(seconds(5));
    succeed(health);
    for (int i = 0; i < 5; i++) {
      health.failed(before, time.nanoTime(), Cause.UNREACHABLE, "late");
    }
    assertThat(health.isUp()).isTrue();
  }

  @Test
  void anOriginThatGoesDownAgainSoonStaysDownLonger() {
    Health health = health(PLAIN);
    fail(health, 3);
    time.advance(seconds(5));
    succeed(health);
    time.advance(seconds(4));
    fail(health, 3);
    assertThat(length(health)).isEqualTo(seconds(10));
    time.advance(seconds(10));
    succeed(health);
    time.advance(seconds(11));
    fail(health, 3);
    assertThat(length(health)).as("it was up for longer than down").isEqualTo(seconds(5));
  }

  @Test
  void badChecksTakeDownAndGoodOnesBringBack() {
    Health health = health(PLAIN.with(CHECK));
    health.checkFailed(CHECK, time.nanoTime(), Cause.ERROR_RESPONSES, "500");
    health.checkFailed(CHECK, time.nanoTime(), Cause.ERROR_RESPONSES, "500");
    health.checkPassed(CHECK, time.nanoTime());
    health.checkFailed(CHECK, time.nanoTime(), Cause.ERROR_RESPONSES, "500");
    health.checkFailed(CHECK, time.nanoTime(), Cause.ERROR_RESPONSES, "500");
    assertThat(health.isUp()).isTrue();
    health.checkFailed(CHECK, time.nanoTime(), Cause.ERROR_RESPONSES, "500");
    assertThat(health.isUp()).isFalse();
    health.checkPassed(CHECK, time.nanoTime());
    assertThat(health.isUp()).isFalse();
    health.checkPassed(CHECK, time.nanoTime());
    assertThat(health.isUp()).isTrue();
  }

  /// An origin whose check is fine though its pages fail would else be back at once.
  @Test
  void whereChecksAreMadeTheyAreTheTrialAfterTheTimeIsOver() {
    Health health = health(PLAIN.with(CHECK));
    fail(health, 3);
    succeed(health);
    for (int i = 0; i < 5; i++) {
      health.checkPassed(CHECK, time.nanoTime());
    }
    assertThat(health.isUp()).isFalse();
    time.advance(seconds(5));
    assertThat(health.claimTrial(time.nanoTime())).as("no request is a trial").isFalse();
    health.checkPassed(CHECK, time.nanoTime());
    assertThat(health.isUp()).isTrue();
  }
}
