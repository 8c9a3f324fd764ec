package io.forebay.cache;

import static io.forebay.cache.TestCaches.HOUR;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Loaders, one changer and checkers at full speed: no read that begins after an invalidation was
/// acknowledged returns a value older than the change it announced.
class AcknowledgedInvalidationStressTest {

  private static final int KEYS = 8;

  private final Cache<String, Integer> cache =
      TestCaches.stored(CacheBuilder.<Integer>withTextKeys("stress"), new TestingIntegerPacking())
          .maxEntries(1_000)
          .maxBarriers(4)
          .upkeep(Upkeep.manual())
          .build();

  /// What the source of truth says, and what every reader must see at least.
  private final AtomicInteger[] source = counters();

  private final AtomicInteger[] acknowledged = counters();
  private final AtomicReference<@Nullable String> failure = new AtomicReference<>();
  private volatile boolean over;

  @Test
  void noReadAfterAnAcknowledgedInvalidationIsOlderThanIt() throws InterruptedException {
    run(Duration.ofMillis(700), 1);
  }

  @Tag("long")
  @Test
  void noReadAfterAnAcknowledgedInvalidationIsOlderThanItForLong() throws InterruptedException {
    run(Duration.ofSeconds(60), 2);
  }

  private void run(Duration span, long seed) throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    threads.add(Thread.ofPlatform().start(this::load));
    threads.add(Thread.ofPlatform().start(this::load));
    threads.add(Thread.ofPlatform().start(this::check));
    threads.add(Thread.ofPlatform().start(this::upkeep));
    long until = System.nanoTime() + span.toNanos();
    Random random = new Random(seed);
    int changes = 0;
    while (System.nanoTime() - until < 0 && failure.get() == null) {
      change(random);
      changes++;
    }
    over = true;
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(failure.get()).as("seed %d", seed).isNull();
    assertThat(changes).isGreaterThan(100);
    assertThat(cache.statistics().hits()).as("the test saw values").isPositive();
  }

  private void change(Random random) {
    int key = random.nextInt(KEYS);
    int version = source[key].incrementAndGet();
    Scope scope =
        switch (random.nextInt(8)) {
          case 0 -> new Scope.Everything();
          case 1, 2 -> new Scope.Keys(Set.of("k" + key));
          default -> new Scope.Tags(Set.of("tag" + key));
        };
    cache.invalidate(scope, Invalidation.Mode.HARD);
    acknowledged[key].set(version);
  }

  private void load() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    while (!over) {
      int key = random.nextInt(KEYS);
      LoadToken<String> token = cache.beginLoad("k" + key);
      int found = source[key].get();
      if (random.nextInt(4) == 0) {
        Thread.onSpinWait();
      }
      cache.complete(token, new Draft<>(found, HOUR, List.of("any", "tag" + key), Map.of()));
    }
  }

  private void check() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    while (!over) {
      int key = random.nextInt(KEYS);
      int least = acknowledged[key].get();
      Entry<String, Integer> entry = cache.get("k" + key);
      if (entry != null && entry.value() < least) {
        failure.set(
            "read " + entry.value() + " of k" + key + " after " + least + " was acknowledged");
      }
    }
  }

  private void upkeep() {
    while (!over) {
      ((Upkeep.Chores) cache).maintain();
    }
  }

  private static AtomicInteger[] counters() {
    AtomicInteger[] counters = new AtomicInteger[KEYS];
    for (int i = 0; i < KEYS; i++) {
      counters[i] = new AtomicInteger();
    }
    return counters;
  }
}
