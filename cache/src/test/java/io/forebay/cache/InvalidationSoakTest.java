package io.forebay.cache;

import static io.forebay.cache.TestCaches.HOUR;
import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.cache.testing.TestingTimeSource;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Ever-new tags, on entries and in invalidations, through a small cache: nothing is kept of them.
class InvalidationSoakTest {

  private static final int ENTRIES = 10_000;
  private static final int MAX_BARRIERS = 4_096;

  private final Upkeep upkeep = Upkeep.manual();
  private final Cache<String, Integer> cache =
      TestCaches.stored(CacheBuilder.<Integer>withTextKeys("soak"), new TestingIntegerPacking())
          .maxEntries(ENTRIES)
          .maxBarriers(MAX_BARRIERS)
          .evictionPolicy("lru")
          .timeSource(new TestingTimeSource()) // stands still, so that no sweep rests
          .upkeep(upkeep)
          .build();

  @Test
  void everNewTagsLeaveNothingBehind() {
    soak(100_000, 3);
  }

  @Tag("long")
  @Test
  void tenMillionEverNewTagsLeaveNothingBehind() {
    soak(1_000_000, 10);
  }

  /// @param perRound entries written, and tags invalidated, in each round
  private void soak(int perRound, int rounds) {
    round(0, perRound);
    long usedBefore = usedBytes();
    for (int round = 1; round < rounds; round++) {
      round(round * perRound, perRound);
    }
    assertThat(usedBytes() - usedBefore).as("bytes more than after one round").isLessThan(2 << 20);
    upkeep.run();
    CacheStatistics statistics = cache.statistics();
    assertThat(statistics.barriers()).isZero();
    assertThat(statistics.barrierOverflows()).isPositive();
    assertThat(statistics.invalidations()).isEqualTo((long) perRound * rounds);
    assertThat(statistics.writes()).isEqualTo((long) perRound * rounds);
    assertThat(statistics.entries()).isLessThanOrEqualTo(ENTRIES);
  }

  /// Every second invalidated tag is carried by an entry, the others by none. Sweeps come rarely
  /// enough that the floor has to rise at times.
  private void round(int from, int count) {
    for (int i = from; i < from + count; i++) {
      cache.put(
          "k" + i,
          new Draft<>(i, HOUR, List.of("tag" + i, "other" + i), Map.of()),
          Precondition.NONE);
      String tag = i % 2 == 0 ? "tag" + (i - 100) : "nobody" + i;
      cache.invalidate(new Scope.Tags(Set.of(tag)), Invalidation.Mode.HARD);
      if (i % 5_000 == 0) {
        upkeep.run();
        assertThat(cache.statistics().barriers()).isLessThanOrEqualTo(MAX_BARRIERS);
      }
    }
  }

  private static long usedBytes() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
