package io.forebay.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What is particular to entries outside the heap.
class PackedCacheTest {

  private static final Weigher<String, String> BY_LENGTH = (key, value) -> value.length();

  @Test
  void everythingAboutAnEntryComesBack() {
    TestCaches test = packed(1 << 20);
    List<String> tags = List.of("a", "\ud800 alone", "日本", "");
    Map<String, String> metadata = Map.of("owner", "Zoë", "日", "本");
    Lifetime odd = new Lifetime(Duration.ofNanos(1_234_567_891), Duration.ofDays(400));
    for (String key : List.of("plain", "Zoë", "日本語", "\udfff", "")) {
      for (int length : new int[] {0, 1, 100, 4_000, 4_095, 4_096, 100_000}) {
        String value = "é".repeat(length);
        test.cache.put(key, new Draft<>(value, odd, tags, metadata), Precondition.NONE);
        test.advance(Duration.ofMillis(1_234));
        try (Entry<String, String> entry = Objects.requireNonNull(test.cache.get(key))) {
          assertThat(entry.key()).isEqualTo(key);
          assertThat(entry.value()).isEqualTo(value);
          assertThat(entry.tags()).isEqualTo(tags);
          assertThat(entry.metadata()).isEqualTo(metadata);
          long left = 1_234_567_891L - 1_234_000_000L;
          assertThat(entry.remainingFreshNanos(test.time.nanoTime())).isEqualTo(left);
          assertThat(Duration.between(entry.facts().freshUntil(), entry.facts().staleUntil()))
              .isEqualTo(Duration.ofDays(400));
        }
      }
    }
  }

  @Test
  void anEntryThatAReaderHoldsKeepsItsValueWhenTheMemoryIsReused() {
    TestCaches test = packed(200_000);
    test.put("held", "first");
    Entry<String, String> held = Objects.requireNonNull(test.cache.get("held"));
    for (int i = 0; i < 10_000; i++) {
      test.put("k" + i, "x" + i);
    }
    assertThat(test.read("held")).isEqualTo("nothing");
    assertThat(held.value()).isEqualTo("first");
    held.close();
  }

  @Test
  void memoryFollowsTheEntriesDown() {
    TestCaches test = packed(64 << 20);
    for (int i = 0; i < 100_000; i++) {
      test.put("k" + i, "x".repeat(i % 300), "tag" + i % 2);
    }
    long full = test.cache.statistics().reservedBytes();
    assertThat(full).isBetween(10L << 20, 64L << 20);
    test.cache.invalidate(new Scope.Tags(java.util.Set.of("tag0")), Invalidation.Mode.HARD);
    test.advance(Duration.ofSeconds(1));
    test.upkeep.run();
    test.upkeep.run();
    assertThat(test.cache.statistics().entries()).isEqualTo(50_000);
    assertThat(test.cache.statistics().reservedBytes()).isLessThan(full * 2 / 3);
    assertThat(test.read("k77777")).isEqualTo("x".repeat(77_777 % 300));
    test.cache.invalidate(new Scope.Everything(), Invalidation.Mode.HARD);
    test.advance(Duration.ofSeconds(10));
    test.upkeep.run();
    assertThat(test.cache.statistics().reservedBytes()).isLessThan(3 << 20);
  }

  /// A block that is moved keeps its size, and so its entry its weight.
  @Test
  void whatEntriesWeighIsTakenAwayAgainAlsoAfterTheyWereMoved() {
    TestCaches test = packed(64 << 20);
    Random random = new Random(5);
    for (int round = 0; round < 5; round++) {
      for (int i = 0; i < 20_000; i++) {
        test.put("k" + i, "x".repeat(random.nextInt(300)), "tag" + i % 3);
      }
      Scope third = new Scope.Tags(java.util.Set.of("tag" + round % 3));
      test.cache.invalidate(third, Invalidation.Mode.HARD);
      test.advance(Duration.ofSeconds(1));
      test.upkeep.run();
    }
    test.cache.invalidate(new Scope.Everything(), Invalidation.Mode.HARD);
    test.advance(Duration.ofSeconds(10));
    test.upkeep.run();
    assertThat(test.cache.statistics().entries()).isZero();
    assertThat(test.cache.statistics().weightBytes()).isZero();
  }

  /// Sizes that change over time would fill the memory with holes.
  @Test
  void reservedMemoryStaysNearTheWeightWhileSizesDrift() {
    TestCaches test = packed(8 << 20);
    Random random = new Random(7);
    for (int i = 0; i < 300_000; i++) {
      int around = 20 + (i / 1_000) * 10;
      test.put("k" + i, "x".repeat(around + random.nextInt(around)));
      if (i % 10_000 == 0) {
        long reserved = test.cache.statistics().reservedBytes();
        assertThat(reserved).isLessThan((8L << 20) * 8 / 7 + (3 << 20));
      }
    }
  }

  @Test
  void aReaderNeverSeesAnotherEntrysBytes() throws InterruptedException {
    hammer(Duration.ofMillis(1_500), 1);
  }

  @Tag("long")
  @Test
  void aReaderNeverSeesAnotherEntrysBytesForLong() throws InterruptedException {
    hammer(Duration.ofMinutes(2), 2);
  }

  /// Values tell which key they are of and how long they are. A small bound and changing sizes keep
  /// evictions, compaction and the giving back of slabs at work.
  private static void hammer(Duration span, long seed) throws InterruptedException {
    Cache<String, String> cache =
        CacheBuilder.<String>withTextKeys("hammered")
            .maxBytes(2 << 20, BY_LENGTH)
            .packed(Packing.ofText(), Packing.ofText())
            .upkeep(Upkeep.manual())
            .build();
    long until = System.nanoTime() + span.toNanos();
    AtomicReference<@Nullable String> failure = new AtomicReference<>();
    AtomicLong hits = new AtomicLong();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      Random random = new Random(seed * 10 + i);
      threads.add(Thread.ofPlatform().start(() -> write(cache, random, until)));
      threads.add(
          Thread.ofPlatform().start(() -> hits.addAndGet(read(cache, random, until, failure))));
    }
    while (System.nanoTime() - until < 0) {
      ((BoundedCache<String, String>) cache).maintain();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(failure.get()).isNull();
    assertThat(hits.get()).isGreaterThan(1_000);
    cache.close();
    assertThat(cache.statistics().reservedBytes()).isLessThan(3 << 20);
  }

  private static void write(Cache<String, String> cache, Random random, long until) {
    int round = 0;
    while (System.nanoTime() - until < 0) {
      int longest = 1 + 4_000 * (round++ % 3) + random.nextInt(200);
      for (int i = 0; i < 500; i++) {
        String key = "key" + random.nextInt(2_000);
        if (random.nextInt(5) == 0) {
          cache.remove(key, Precondition.NONE);
        } else {
          Draft<String> draft = Draft.of(valueOf(key, random.nextInt(longest)), TestCaches.HOUR);
          cache.put(key, draft, Precondition.NONE);
        }
      }
    }
  }

  private static long read(
      Cache<String, String> cache,
      Random random,
      long until,
      AtomicReference<@Nullable String> failure) {
    long hits = 0;
    try {
      while (System.nanoTime() - until < 0) {
        String key = "key" + random.nextInt(2_000);
        try (Entry<String, String> entry = cache.get(key)) {
          if (entry != null) {
            hits++;
            String value = entry.value();
            int length = Integer.parseInt(value.substring(0, value.indexOf(' ')));
            if (!value.equals(valueOf(key, length))) {
              failure.set(key + " has " + value);
            }
          }
        }
      }
    } catch (RuntimeException e) {
      failure.set(e.toString());
      throw e;
    }
    return hits;
  }

  private static String valueOf(String key, int length) {
    return length + " " + (key + ".").repeat(length / 8);
  }

  private static TestCaches packed(long bytes) {
    return new TestCaches(
        new CacheBuilder<String, String>("packed")
            .maxBytes(bytes, BY_LENGTH)
            .packed(Packing.ofText(), Packing.ofText()));
  }
}
