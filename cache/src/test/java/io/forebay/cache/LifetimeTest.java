package io.forebay.cache;

import static io.forebay.cache.TestCaches.HOUR;
import static io.forebay.cache.TestCaches.draft;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class LifetimeTest {

  private final TestCaches test = new TestCaches();
  private final Cache<String, String> cache = test.cache;

  @Test
  void anEntryIsFreshThenStaleThenGone() {
    test.put("k", "v", new Lifetime(Duration.ofSeconds(10), Duration.ofSeconds(5)));

    test.advance(Duration.ofSeconds(10).minusNanos(1));
    assertThat(test.read("k")).isEqualTo("v");
    test.advance(Duration.ofNanos(1));
    assertThat(test.read("k")).isEqualTo("stale v");
    test.advance(Duration.ofSeconds(5).minusNanos(1));
    assertThat(test.read("k")).isEqualTo("stale v");
    test.advance(Duration.ofNanos(1));
    assertThat(test.read("k")).isEqualTo("nothing");

    CacheStatistics statistics = cache.statistics();
    assertThat(statistics.hits()).isEqualTo(1);
    assertThat(statistics.staleHits()).isEqualTo(2);
    assertThat(statistics.missesExpired()).isEqualTo(1);
    assertThat(statistics.expirationsOnAccess()).isEqualTo(1);
    assertThat(statistics.expirationsInBackground()).isZero();
    assertThat(statistics.entries()).isZero();
    assertThat(statistics.weightBytes()).isZero();
  }

  @Test
  void expiredEntriesAreDroppedInTheBackground() {
    for (int i = 0; i < 5_000; i++) {
      test.put("k" + i, "v", Lifetime.of(Duration.ofMillis(i)));
    }
    test.put("lasting", "v", Lifetime.FOREVER);
    test.advance(Duration.ofSeconds(6));
    test.upkeep.run();

    CacheStatistics statistics = cache.statistics();
    assertThat(statistics.expirationsInBackground()).isEqualTo(5_000);
    assertThat(statistics.expirationsOnAccess()).isZero();
    assertThat(statistics.entries()).isEqualTo(1);
    assertThat(test.read("lasting")).isEqualTo("v");
  }

  @Test
  void aLifetimeOfZeroIsOverAtOnce() {
    test.put("k", "v", Lifetime.of(Duration.ZERO));
    assertThat(test.read("k")).isEqualTo("nothing");
  }

  @Test
  void forEverIsLongerThanSixtyYears() {
    test.put("k", "v", Lifetime.FOREVER);
    test.advance(Duration.ofDays(365 * 60));
    test.upkeep.run();
    assertThat(test.read("k")).isEqualTo("v");
  }

  @Test
  void aNewValueLivesByItsOwnLifetime() {
    test.put("k", "old", Lifetime.of(Duration.ofSeconds(1)));
    test.put("k", "new", HOUR);
    test.advance(Duration.ofSeconds(2));
    test.upkeep.run();
    assertThat(test.read("k")).isEqualTo("new");
  }

  @Test
  void aJumpOfTheWallClockChangesNoLifetime() {
    test.put("k", "v", Lifetime.of(Duration.ofSeconds(10)));
    test.time.setWallClock(Instant.parse("2040-01-01T00:00:00Z"));
    test.upkeep.run();
    assertThat(test.read("k")).isEqualTo("v");
    test.time.setWallClock(Instant.parse("1999-01-01T00:00:00Z"));
    test.advance(Duration.ofSeconds(10));
    assertThat(test.read("k")).isEqualTo("nothing");
  }

  @Test
  void factsSpeakInWallClockTime() {
    Instant stored = test.time.now();
    test.put("k", "v", new Lifetime(Duration.ofSeconds(10), Duration.ofSeconds(5)));
    test.advance(Duration.ofSeconds(4));
    test.read("k");
    test.read("k");
    test.advance(Duration.ofSeconds(3));

    EntryFacts<String> facts = factsOf("k");
    assertThat(facts.created()).isEqualTo(stored);
    assertThat(facts.freshUntil()).isEqualTo(stored.plusSeconds(10));
    assertThat(facts.staleUntil()).isEqualTo(stored.plusSeconds(15));
    assertThat(facts.accessed())
        .as("to 20 µs")
        .isBetween(stored.plusSeconds(4).minusNanos(20_000), stored.plusSeconds(4));
    assertThat(facts.accessCount()).isEqualTo(2);
    assertThat(facts.fresh()).isTrue();
  }

  @Test
  void spansThatAreNegativeAreRefusedAndTooLongOnesCut() {
    assertThatThrownBy(() -> Lifetime.of(Duration.ofSeconds(-1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("fresh");
    assertThat(Lifetime.of(Duration.ofDays(1_000_000)).fresh()).isEqualTo(Lifetime.LONGEST);
  }

  @Test
  void whatNobodyReadsForTheTimeToIdleExpires() {
    TestCaches idling =
        new TestCaches(
            new CacheBuilder<String, String>("idling")
                .maxEntries(100)
                .timeToIdle(Duration.ofSeconds(10)));
    idling.put("read", "v", HOUR);
    idling.put("unread", "v", HOUR);
    idling.put("short", "v", Lifetime.of(Duration.ofSeconds(5)));
    for (int i = 0; i < 5; i++) {
      idling.advance(Duration.ofSeconds(4));
      idling.upkeep.run();
      assertThat(idling.read("read")).isEqualTo("v");
    }
    assertThat(idling.cache.statistics().entries()).isEqualTo(1);
    assertThat(idling.cache.statistics().expirationsInBackground()).isEqualTo(2);
    idling.advance(Duration.ofSeconds(10));
    assertThat(idling.read("read")).as("also without the background").isEqualTo("nothing");
    assertThat(idling.cache.statistics().expirationsOnAccess()).isEqualTo(1);
  }

  @Test
  void peekingLeavesNoTrace() {
    test.put("k", "v", Lifetime.of(Duration.ofSeconds(10)));
    test.advance(Duration.ofSeconds(1));
    EntryFacts<String> before = factsOf("k");
    assertThat(before.accessCount()).isZero();
    assertThat(cache.peek("absent")).isNull();
    test.advance(Duration.ofSeconds(10));
    assertThat(cache.peek("k")).isNull();
    assertThat(cache.statistics().misses()).isZero();
    assertThat(cache.statistics().hits()).isZero();
    assertThat(cache.statistics().entries()).isEqualTo(1);
  }

  @Test
  void aReaderKeepsWhatItHoldsWhenTheEntryIsReplaced() {
    test.put("k", "old", HOUR);
    try (Entry<String, String> held = Objects.requireNonNull(cache.get("k"))) {
      cache.put("k", draft("new", HOUR), Precondition.NONE);
      assertThat(held.value()).isEqualTo("old");
    }
  }

  private EntryFacts<String> factsOf(String key) {
    try (Entry<String, String> entry = cache.peek(key)) {
      return Objects.requireNonNull(entry).facts();
    }
  }
}
