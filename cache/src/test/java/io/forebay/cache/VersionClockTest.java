package io.forebay.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.cache.testing.TestingTimeSource;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class VersionClockTest {

  private final TestingTimeSource time = new TestingTimeSource();
  private final VersionClock clock = new VersionClock(time);

  @Test
  void versionsAreWallClockMicrosecondsWhenTheyCan() {
    assertThat(clock.next()).isEqualTo(time.now().toEpochMilli() * 1_000);
  }

  @Test
  void versionsGrowWithinAMicrosecondAndWhenTheWallClockIsSetBack() {
    long first = clock.next();
    assertThat(clock.next()).isEqualTo(first + 1);
    time.setWallClock(Instant.parse("2020-01-01T00:00:00Z"));
    assertThat(clock.next()).isEqualTo(first + 2);
  }

  @Test
  void aNewClockGoesOnWhereTheOldOneStopped() {
    long last = clock.next();
    time.advance(Duration.ofMillis(5));
    assertThat(new VersionClock(time).next()).isGreaterThan(last);
  }

  @Test
  void versionsSeenElsewhereAreOvertaken() {
    long seen = clock.next() + 1_000_000_000;
    clock.observe(seen);
    assertThat(clock.next()).isGreaterThan(seen);
  }
}
