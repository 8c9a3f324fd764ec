package io.forebay.cache;

import static io.forebay.cache.TestCaches.HOUR;
import static io.forebay.cache.TestCaches.draft;
import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.cache.testing.TestingTimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// A tier gives the same version again when a value is copied from it again. That is another
/// resident, even while the former one has left the table and is not out of the books yet.
@Tag("checker")
class RepeatedVersionsTest {

  private static final int KEYS = 8;

  private final PackedStorage<String, String> storage =
      new PackedStorage<>(
          Packing.ofText(), Packing.ofText(), (_, _) -> 1, new Clocks(new TestingTimeSource()));

  private Resident<String, String> resident(long identity) {
    return storage.resident("k", 1, draft("value", HOUR), 7, identity, new Position(1, 0), 0, 1, 0);
  }

  @Test
  void oneThatLeftIsNotTakenForItsSuccessorOfTheSameVersion() {
    Chains<String, String> chains = storage.newChains(this);
    Resident<String, String> first = resident(1);
    chains.put(first);
    assertThat(chains.remove(first)).isTrue();
    Resident<String, String> second = resident(2);
    chains.put(second);

    assertThat(first.version()).isEqualTo(second.version());
    assertThat(first.isSame(second)).isFalse();
    assertThat(first.hasDeparted()).isTrue();
    assertThat(second.hasDeparted()).isFalse();
    assertThat(chains.isPresent(first)).isFalse();
    assertThat(chains.remove(first)).isFalse();
    assertThat(chains.get("k", 1))
        .satisfies(found -> {
          assertThat(found.isSame(second)).isTrue();
          assertThat(found.version()).isEqualTo(7);
          assertThat(found.value()).isEqualTo("value");
        });
  }

  /// Eight threads copy, read, and take out values of few versions; too many keys for the cache.
  @Test
  void theBooksAgreeWithTheTableInTheEnd() throws InterruptedException {
    Upkeep upkeep = Upkeep.manual();
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    try (Cache<String, String> cache =
        TestCaches.stored(CacheBuilder.<String>withTextKeys("again"), Packing.ofText())
            .maxEntries(KEYS - 2)
            .upkeep(upkeep)
            .build()) {
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        SplittableRandom random = new SplittableRandom(i);
        threads.add(
            Thread.ofPlatform()
                .daemon()
                .uncaughtExceptionHandler((_, thrown) -> failure.compareAndSet(null, thrown))
                .start(() -> {
                  for (int n = 0; n < 40_000 && failure.get() == null; n++) {
                    step(cache, "key" + random.nextInt(KEYS), random.nextInt(10), random);
                    if (n % 1_000 == 0) {
                      upkeep.run();
                    }
                  }
                }));
      }
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(failure.get()).isNull();
      upkeep.run();
      CacheStatistics figures = cache.statistics();
      assertThat(figures.entries()).isLessThanOrEqualTo(KEYS - 2);
      cache.invalidate(new Scope.Everything(), Invalidation.Mode.HARD);
      upkeep.run();
      assertThat(cache.statistics().entries()).isZero();
      assertThat(cache.statistics().weightBytes()).isZero();
    }
  }

  private static void step(
      Cache<String, String> cache, String key, int choice, SplittableRandom random) {
    switch (choice) {
      case 0, 1, 2, 3 -> {
        LoadToken<String> token = cache.beginLoad(key);
        Position began = token.began();
        cache.admit(
            token,
            draft("v".repeat(1 + random.nextInt(40)), HOUR, "tag"),
            new Lineage(1 + random.nextInt(2), began, Duration.ZERO));
      }
      case 4 -> cache.remove(key, Precondition.NONE);
      case 5 -> cache.invalidate(new Scope.Keys(Set.of(key)), Invalidation.Mode.HARD);
      default -> {
        try (Entry<String, String> entry = cache.get(key)) {
          assertThat(entry == null || entry.value().startsWith("v")).isTrue();
        }
      }
    }
  }
}
