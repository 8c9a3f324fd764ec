package io.forebay.cache;

import static io.forebay.cache.Invalidation.Mode.HARD;
import static io.forebay.cache.Invalidation.Mode.SOFT;
import static io.forebay.cache.TestCaches.HOUR;
import static io.forebay.cache.TestCaches.draft;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class InvalidationTest {

  private final TestCaches test = new TestCaches();
  private final Cache<String, String> cache = test.cache;

  @Test
  void positionsAreDense() {
    Position first = cache.invalidate(new Scope.Everything(), HARD).position();
    Position second = cache.invalidate(new Scope.Tags(Set.of("red")), SOFT).position();
    assertThat(second).isEqualTo(new Position(first.epoch(), first.n() + 1));
  }

  @Test
  void aTagTakesEveryEntryThatCarriesItAndNoOther() {
    test.put("a", "1", "red");
    test.put("b", "2", "blue", "red");
    test.put("c", "3", "blue");
    cache.invalidate(new Scope.Tags(Set.of("red")), HARD);

    assertThat(test.read("a")).isEqualTo("nothing");
    assertThat(test.read("b")).isEqualTo("nothing");
    assertThat(test.read("c")).isEqualTo("3");
    assertThat(cache.statistics().missesInvalidated()).isEqualTo(2);
    assertThat(cache.statistics().sweptAfterInvalidation()).isEqualTo(2);
    assertThat(cache.statistics().invalidations()).isEqualTo(1);
  }

  @Test
  void whatIsStoredAfterwardsIsNotCovered() {
    test.put("a", "old", "red");
    cache.invalidate(new Scope.Tags(Set.of("red")), HARD);
    test.put("a", "new", "red");
    assertThat(test.read("a")).isEqualTo("new");
  }

  @Test
  void everythingIsEverything() {
    test.put("a", "1", "red");
    test.put("b", "2");
    cache.invalidate(new Scope.Everything(), HARD);
    assertThat(test.read("a")).isEqualTo("nothing");
    assertThat(test.read("b")).isEqualTo("nothing");
  }

  @Test
  void softMarksStale() {
    test.put("a", "1", "red");
    test.put("b", "2", "red");
    cache.invalidate(new Scope.Tags(Set.of("red")), SOFT);
    assertThat(test.read("a")).isEqualTo("stale 1");
    cache.invalidate(new Scope.Tags(Set.of("red")), HARD);
    assertThat(test.read("a")).isEqualTo("nothing");
    assertThat(cache.statistics().staleHits()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void keysAreTakenByTheirText(boolean keysCanBeParsed) {
    CacheBuilder<Long, String> builder =
        new CacheBuilder<Long, String>("numbers").maxEntries(100).upkeep(Upkeep.manual());
    if (keysCanBeParsed) {
      builder.keyText(
          number -> Long.toString(number), text -> java.util.Optional.of(Long.valueOf(text)));
    }
    Cache<Long, String> numbers = builder.build();
    for (long key = 0; key < 10; key++) {
      numbers.put(key, Draft.of("v", HOUR), Precondition.NONE);
    }
    LoadToken<Long> load = numbers.beginLoad(4L);
    LoadToken<Long> absentLoad = numbers.beginLoad(77L);
    numbers.invalidate(new Scope.Keys(Set.of("3", "4", "77", "99")), HARD);

    assertThat(numbers.get(3L)).isNull();
    assertThat(numbers.get(4L)).isNull();
    assertThat(numbers.get(5L)).isNotNull();
    WriteOutcome refused = new WriteOutcome.Refused(WriteOutcome.Reason.INVALIDATED_SINCE);
    assertThat(numbers.complete(load, Draft.of("old", HOUR))).isEqualTo(refused);
    assertThat(numbers.complete(absentLoad, Draft.of("old", HOUR))).isEqualTo(refused);
    assertThat(numbers.statistics().sweptAfterInvalidation()).isEqualTo(2);
  }

  @Test
  void aKeyCanBeSoftlyInvalidated() {
    test.put("a", "1");
    cache.invalidate(new Scope.Keys(Set.of("a")), SOFT);
    assertThat(test.read("a")).isEqualTo("stale 1");
    test.put("a", "2");
    assertThat(test.read("a")).isEqualTo("2");
  }

  @Test
  void theSweepDropsWhatIsCoveredMarksWhatIsStaleAndRetiresTheBarriers() {
    BoundedCache<String, String> engine = engine();
    for (int i = 0; i < 3_000; i++) {
      test.put("red" + i, "v", "red");
      test.put("blue" + i, "v", "blue");
    }
    cache.invalidate(new Scope.Tags(Set.of("red")), HARD);
    cache.invalidate(new Scope.Tags(Set.of("blue")), SOFT);
    test.upkeep.run();

    assertThat(cache.statistics().entries()).isEqualTo(3_000);
    assertThat(cache.statistics().sweptAfterInvalidation()).isEqualTo(3_000);
    assertThat(engine.barrierCount()).isZero();
    assertThat(test.read("red7")).isEqualTo("nothing");
    assertThat(test.read("blue7")).isEqualTo("stale v");
  }

  @Test
  void aBarrierStaysWhileALoadFromBeforeItIsOpen() {
    LoadToken<String> load = cache.beginLoad("a");
    cache.invalidate(new Scope.Tags(Set.of("red")), HARD);
    test.upkeep.run();
    assertThat(engine().barrierCount()).isEqualTo(1);

    assertThat(cache.complete(load, draft("old", HOUR, "red")))
        .isEqualTo(new WriteOutcome.Refused(WriteOutcome.Reason.INVALIDATED_SINCE));
    test.upkeep.run();
    assertThat(engine().barrierCount()).isZero();
  }

  @Test
  void anAbandonedLoadHoldsNoBarrier() {
    LoadToken<String> load = cache.beginLoad("a");
    cache.invalidate(new Scope.Tags(Set.of("red")), HARD);
    load.abandon();
    load.abandon();
    test.upkeep.run();
    assertThat(engine().barrierCount()).isZero();
  }

  @Test
  void tooManyBarriersRaiseAFloorThatHidesOlderValuesAndIsCounted() {
    TestCaches small =
        new TestCaches(new CacheBuilder<String, String>("test").maxEntries(1_000).maxBarriers(4));
    small.put("untouched", "v", "green");
    for (int i = 0; i < 5; i++) {
      small.cache.invalidate(new Scope.Tags(Set.of("tag" + i)), HARD);
    }
    assertThat(small.read("untouched")).as("older than the floor").isEqualTo("nothing");
    assertThat(small.cache.statistics().barrierOverflows()).isEqualTo(1);
    small.put("later", "v", "green");
    assertThat(small.read("later")).isEqualTo("v");
  }

  @Test
  void cachesThatShareALogShareItsNumbers() {
    InvalidationLog log = new InProcessInvalidationLog(7);
    Cache<String, String> one = onLog(log, "one");
    Cache<String, String> two = onLog(log, "two");
    two.put("k", draft("v", HOUR, "red"), Precondition.NONE);
    assertThat(one.invalidate(new Scope.Tags(Set.of("red")), HARD).position())
        .isEqualTo(new Position(7, 1));
    assertThat(two.get("k")).as("another cache's record").isNotNull();
    assertThat(two.invalidate(new Scope.Tags(Set.of("red")), HARD).position())
        .isEqualTo(new Position(7, 2));
    assertThat(two.get("k")).isNull();
  }

  @Test
  void anEntryTellsWhereItsLoadBegan() {
    Position before = cache.invalidate(new Scope.Everything(), HARD).position();
    LoadToken<String> load = cache.beginLoad("a");
    cache.invalidate(new Scope.Tags(Set.of("other")), HARD);
    cache.complete(load, draft("v", HOUR, "red"));
    try (Entry<String, String> entry = cache.get("a")) {
      assertThat(java.util.Objects.requireNonNull(entry).loadBegan()).isEqualTo(before);
      assertThat(entry.tags()).isEqualTo(List.of("red"));
    }
  }

  private BoundedCache<String, String> engine() {
    return (BoundedCache<String, String>) cache;
  }

  private static Cache<String, String> onLog(InvalidationLog log, String name) {
    return CacheBuilder.<String>withTextKeys(name)
        .maxEntries(10)
        .invalidationLog(log)
        .upkeep(Upkeep.manual())
        .build();
  }

  /// A read that found the entry before the sweep dropped it, and asks about barriers after the
  /// barrier has retired.
  @Test
  void aReadThatTheSweepOvertakesSeesNoInvalidatedValue() throws InterruptedException {
    Upkeep upkeep = Upkeep.manual();
    Cache<PausingKey, String> slow =
        new CacheBuilder<PausingKey, String>("slow").maxEntries(10).upkeep(upkeep).build();
    slow.put(new PausingKey(null, null), draft("old", HOUR, "red"), Precondition.NONE);
    slow.invalidate(new Scope.Tags(Set.of("red")), HARD);
    CountDownLatch found = new CountDownLatch(1);
    CountDownLatch swept = new CountDownLatch(1);
    AtomicReference<Boolean> fresh = new AtomicReference<>(false);
    Thread reader =
        Thread.ofPlatform()
            .start(() -> {
              Entry<PausingKey, String> entry = slow.get(new PausingKey(found, swept));
              fresh.set(entry != null && entry.isFresh(System.nanoTime()));
            });
    found.await();
    upkeep.run();
    assertThat(slow.statistics().barriers()).isZero();
    swept.countDown();
    reader.join();
    assertThat(fresh.get()).isFalse();
  }

  /// A sweep between the moment in which a reader gets its own copy of an entry, and the one in
  /// which it asks about barriers: a soft one leaves the entry in its place, marked.
  @ParameterizedTest
  @EnumSource
  void aReadThatTheSweepOvertakesSeesNothingFreshWhateverTheMode(Invalidation.Mode mode) {
    Upkeep upkeep = Upkeep.manual();
    AtomicReference<Runnable> atNextReading = new AtomicReference<>(() -> {});
    TimeSource time =
        new TimeSource() {
          @Override
          public long nanoTime() {
            atNextReading.getAndSet(() -> {}).run();
            return SYSTEM.nanoTime();
          }

          @Override
          public Instant now() {
            return SYSTEM.now();
          }
        };
    Cache<String, String> slow =
        TestCaches.stored(CacheBuilder.<String>withTextKeys("slow"), Packing.ofText())
            .maxEntries(10)
            .timeSource(time)
            .upkeep(upkeep)
            .build();
    slow.put("a", draft("old", HOUR, "red"), Precondition.NONE);
    slow.invalidate(new Scope.Tags(Set.of("red")), mode);
    // The reader looks at the clock when it has found the entry.
    atNextReading.set(upkeep::run);
    try (Entry<String, String> entry = slow.get("a")) {
      assertThat(slow.statistics().barriers()).isZero();
      assertThat(entry != null && entry.isFresh(System.nanoTime())).isFalse();
      assertThat(entry != null).isEqualTo(mode == SOFT);
    }
  }

  /// All are equal; to be compared with one that has latches takes until the second one opens.
  private record PausingKey(@Nullable CountDownLatch reached, @Nullable CountDownLatch goOn)
      implements Comparable<PausingKey> {

    @Override
    public boolean equals(@Nullable Object other) {
      if (other instanceof PausingKey key && key.reached != null && key.goOn != null) {
        key.reached.countDown();
        try {
          key.goOn.await();
        } catch (InterruptedException e) {
          throw new AssertionError(e);
        }
      }
      return other instanceof PausingKey;
    }

    @Override
    public int hashCode() {
      return 1;
    }

    @Override
    public int compareTo(PausingKey other) {
      return 0;
    }
  }
}
