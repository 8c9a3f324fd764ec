package io.forebay.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.cache.testing.TestingTimeSource;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A long life in a small cache: every key and nearly every tag is new. What the cache takes once
/// it has been full for a while, it takes at the end; nothing is left behind of keys, tags,
/// barriers, loads or timers that have gone.
class SoakTest {

  private static final long BYTES = 2 << 20;
  private static final int KEYS_OF_A_TAG = 50;
  private static final int UPKEEP_EVERY = 5_000;
  private static final Duration BETWEEN_KEYS = Duration.ofMillis(10);
  private static final Lifetime SHORT = Lifetime.of(Duration.ofSeconds(30)); // 3,000 keys
  private static final Lifetime LONG =
      new Lifetime(Duration.ofHours(1), Duration.ofMinutes(30)); // outlives its eviction

  /// How much more of the heap than at a fifth of the way: 5 %, and what a collection leaves by
  /// chance.
  private static final double TOLERANCE = 1.05;

  private static final long TOLERATED_BYTES = 512 << 10;

  /// What [PackedMemory] may reserve: 8/7 of what is used, and two slabs.
  private static final long MOST_RESERVED = BYTES * 8 / 7 + (2 << 20);

  private final TestingTimeSource time = new TestingTimeSource();
  private final Upkeep upkeep = Upkeep.manual();

  @ParameterizedTest(name = "packed: {0}")
  @ValueSource(booleans = {false, true})
  void staysFlatWhileKeysAndTagsRotate(boolean packed) {
    rotate(packed, 200_000);
  }

  @Tag("long")
  @ParameterizedTest(name = "packed: {0}")
  @ValueSource(booleans = {false, true})
  void staysFlatWhileTenMillionKeysRotate(boolean packed) {
    rotate(packed, 10_000_000);
  }

  /// What the cache takes at one moment, with what is due done and the garbage collected.
  private record Footprint(
      long heapBytes,
      long reservedBytes,
      int barriers,
      long weightBytes,
      CacheStatistics counted) {}

  private void rotate(boolean packed, int keys) {
    try (BoundedCache<String, String> cache = cacheOf(packed)) {
      Footprint early = null;
      for (int i = 1; i <= keys; i++) {
        use(cache, i);
        time.advance(BETWEEN_KEYS);
        if (i % UPKEEP_EVERY == 0) {
          upkeep.run();
        }
        if (i % (keys / 5) == 0) {
          Footprint now = footprintOf(cache);
          early = early == null ? now : early;
          assertBalanced(now, i);
          assertFlat(early, now);
        }
      }
      assertNothingIsLeft(cache);
    }
  }

  /// Writes a new key, reads old ones, invalidates the tag of older ones; removes a few.
  private static void use(BoundedCache<String, String> cache, int i) {
    List<String> tags = List.of("tag" + i / KEYS_OF_A_TAG, "group" + i % 7);
    Draft<String> draft =
        new Draft<>("v".repeat(20 + i % 200), i % 3 == 0 ? SHORT : LONG, tags, Map.of());
    if (i % 10 == 0) {
      cache.complete(cache.beginLoad(key(i)), draft);
    } else {
      cache.put(key(i), draft, Precondition.NONE);
    }
    if (i % 100 == 1) {
      cache.beginLoad(key(i)).abandon();
      cache.remove(key(i - 50), Precondition.NONE);
    }
    if (i % KEYS_OF_A_TAG == 0) {
      Invalidation.Mode mode =
          i % (2 * KEYS_OF_A_TAG) == 0 ? Invalidation.Mode.HARD : Invalidation.Mode.SOFT;
      cache.invalidate(new Scope.Tags(Set.of("tag" + (i / KEYS_OF_A_TAG - 20))), mode);
    }
    for (int back : new int[] {1, 100, 1_000, 7_000}) {
      cache.peek(key(i - back));
      cache.get(key(i - back));
    }
  }

  private static String key(int i) {
    return "key" + i;
  }

  /// Every key is written once, so that what was written is there or has left in one of these ways.
  private static void assertBalanced(Footprint now, int keys) {
    CacheStatistics counted = now.counted;
    assertThat(counted.writes()).isEqualTo(keys);
    assertThat(
            counted.entries()
                + counted.removals()
                + counted.evictionsForBytes()
                + counted.expirationsOnAccess()
                + counted.expirationsInBackground()
                + counted.sweptAfterInvalidation())
        .isEqualTo(keys);
    assertThat(counted.evictionsForBytes()).as("it was full").isPositive();
    assertThat(counted.evictionsForEntries()).as("they are not bounded").isZero();
    assertThat(counted.expirationsInBackground() + counted.expirationsOnAccess()).isPositive();
    assertThat(counted.sweptAfterInvalidation()).isPositive();
  }

  private static void assertFlat(Footprint early, Footprint now) {
    assertThat(now.heapBytes)
        .as("heap: %s, then %s", early, now)
        .isLessThan((long) (early.heapBytes * TOLERANCE) + TOLERATED_BYTES);
    assertThat(now.reservedBytes)
        .as("reserved: %s, then %s", early, now)
        .isLessThanOrEqualTo(Math.min(early.reservedBytes + (1 << 20), MOST_RESERVED));
    assertThat(now.weightBytes).isLessThanOrEqualTo(BYTES);
    assertThat(now.barriers).isLessThanOrEqualTo(UPKEEP_EVERY / KEYS_OF_A_TAG);
    assertThat(now.counted.barrierOverflows()).isZero();
  }

  /// What every entry added to the weight, it took away again.
  private void assertNothingIsLeft(BoundedCache<String, String> cache) {
    cache.invalidate(new Scope.Everything(), Invalidation.Mode.HARD);
    Footprint end = footprintOf(cache);
    assertThat(end.counted.entries()).isZero();
    assertThat(end.weightBytes).isZero();
    assertThat(end.reservedBytes).as("a slab to go on, and one spare").isLessThan(3 << 20);
  }

  private Footprint footprintOf(BoundedCache<String, String> cache) {
    upkeep.run();
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    CacheStatistics counted = cache.statistics();
    return new Footprint(
        ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(),
        counted.reservedBytes(),
        cache.barrierCount(),
        counted.weightBytes(),
        counted);
  }

  private BoundedCache<String, String> cacheOf(boolean packed) {
    CacheBuilder<String, String> builder =
        CacheBuilder.<String>withTextKeys("soak")
            .maxBytes(BYTES, (key, value) -> 2 * (56L + key.length()) + value.length())
            .timeSource(time)
            .upkeep(upkeep);
    if (packed) {
      builder.packed(Packing.ofText(), Packing.ofText());
    }
    return (BoundedCache<String, String>) builder.build();
  }
}
