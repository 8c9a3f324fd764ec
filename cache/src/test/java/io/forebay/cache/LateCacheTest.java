package io.forebay.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/// What a cache that comes after records of its log trusts of values from elsewhere.
class LateCacheTest {

  private static final String NAME = "late";
  private static final long EPOCH = 7;

  private final InProcessInvalidationLog log = new InProcessInvalidationLog(EPOCH);

  private void append(Optional<String> cache, Scope scope) {
    InvalidationOrder order = new InvalidationOrder(cache, scope, Invalidation.Mode.HARD);
    assertThat(log.append(InvalidationBatch.ofOurselves(order, "")))
        .isInstanceOf(LogOutcome.Kept.class);
  }

  private static Scope tag(String name) {
    return new Scope.Tags(Set.of(name));
  }

  private Cache<String, String> cache(String name) {
    return cache(name, log);
  }

  private static Cache<String, String> cache(String name, InvalidationLog log) {
    return CacheBuilder.<String>withTextKeys(name)
        .maxEntries(100)
        .invalidationLog(log)
        .copiesLive(Duration.ofHours(1))
        .build();
  }

  /// Offers a value that was loaded when the log was so far.
  private static boolean trusts(Cache<String, String> cache, long n, String tag) {
    Draft<String> draft =
        new Draft<>("v", Lifetime.of(Duration.ofHours(1)), List.of(tag), Map.of());
    LoadToken<String> token = cache.beginLoad(tag + n);
    return cache.admit(token, draft, new Lineage(n + 1, new Position(EPOCH, n), Duration.ZERO))
        instanceof WriteOutcome.Stored;
  }

  @Test
  void itKnowsWhatWasInvalidatedBeforeItCame() {
    append(Optional.of(NAME), tag("a"));
    append(Optional.of("another"), tag("c"));
    append(Optional.empty(), tag("b"));
    try (Cache<String, String> cache = cache(NAME)) {
      assertThat(trusts(cache, 0, "a")).isFalse();
      assertThat(trusts(cache, 1, "a")).isTrue();
      assertThat(trusts(cache, 2, "b")).isFalse();
      assertThat(trusts(cache, 3, "b")).isTrue();
      assertThat(trusts(cache, 0, "c")).isTrue();
    }
  }

  @Test
  void newsOfItsKeysHideNothing() {
    append(Optional.of(NAME), new Scope.Keys(Set.of("k")));
    try (Cache<String, String> cache = cache(NAME)) {
      assertThat(trusts(cache, 0, "t")).isTrue();
    }
  }

  @Test
  void keysOfEveryCacheHideWhatIsOlder() {
    append(Optional.empty(), new Scope.Keys(Set.of("k")));
    try (Cache<String, String> cache = cache(NAME)) {
      assertThat(trusts(cache, 0, "t")).isFalse();
      assertThat(trusts(cache, 1, "t")).isTrue();
    }
  }

  @Test
  void soDoThoseThatAnEarlierProcessWroteDown() {
    Position at = new Position(EPOCH, 1);
    InvalidationOrder keys =
        new InvalidationOrder(
            Optional.empty(), new Scope.Keys(Set.of("t0")), Invalidation.Mode.HARD);
    InvalidationRecord record = new InvalidationRecord(at, "id", Instant.EPOCH, "", "", keys);
    InvalidationJournal journal =
        new InvalidationJournal() {
          private final InvalidationJournal after = InvalidationJournal.inMemory(EPOCH);

          @Override
          public Recovered recovered() {
            return new Recovered(at, after.recovered().summary(), List.of(record));
          }

          @Override
          public void enqueue(List<InvalidationRecord> batch) {
            after.enqueue(batch);
          }

          @Override
          public Optional<String> await(Position position) {
            return after.await(position);
          }

          @Override
          public Position durable() {
            return after.durable();
          }

          @Override
          public void compactWith(Supplier<Summary> summaries) {
            after.compactWith(summaries);
          }
        };
    InvalidationLog restarted = new InProcessInvalidationLog(journal, TimeSource.SYSTEM);
    try (Cache<String, String> cache = cache(NAME, restarted)) {
      assertThat(trusts(cache, 0, "t")).as("t0").isFalse();
      assertThat(trusts(cache, 0, "u")).as("u0").isTrue();
      assertThat(trusts(cache, 1, "t")).as("t1").isTrue();
    }
  }

  @Test
  void afterTooManyItTrustsNothingOlder() {
    for (int i = 0; i < 5_000; i++) {
      append(Optional.of(NAME), tag("x" + i));
    }
    try (Cache<String, String> cache = cache(NAME)) {
      assertThat(trusts(cache, 4_000, "t")).isFalse();
      assertThat(trusts(cache, 5_000, "t")).isTrue();
    }
  }

  @Test
  void oneThatTakesTheNameOfAnotherTrustsNothingOfItsTime() {
    try (Cache<String, String> first = cache(NAME)) {
      append(Optional.of(NAME), tag("a"));
      assertThat(trusts(first, 0, "b")).isTrue();
    }
    append(Optional.of(NAME), tag("b"));
    try (Cache<String, String> second = cache(NAME)) {
      assertThat(trusts(second, 0, "c")).isFalse();
      assertThat(trusts(second, 1, "c")).isTrue();
      assertThat(trusts(second, 1, "b")).isFalse();
    }
  }

  // ---- what is left of records that are gone

  /// A cache of which only its barriers matter.
  private record Barred(BarrierSnapshot snapshot, boolean vouchesForCopies, List<Object> told)
      implements InvalidationListener {

    @Override
    public void restore(BarrierSnapshot restored) {
      told.add(restored);
    }

    @Override
    public void apply(InvalidationRecord record) {
      told.add(record);
    }

    @Override
    public void distrustBefore(Position position) {
      told.add(position);
    }
  }

  private static final BarrierSnapshot BARRIERS =
      new BarrierSnapshot(
          Optional.empty(),
          List.of(
              new BarrierSnapshot.Raised(
                  new Position(EPOCH, 3), Invalidation.Mode.HARD, tag("a"))));

  @Test
  void whoComesAfterRecordsAreGoneIsToldWhatIsLeftOfThem() {
    InvalidationAudience elsewhere = new InvalidationAudience();
    elsewhere.subscribe(NAME, new Barred(BARRIERS, true, new ArrayList<>()));
    InvalidationJournal.Summary left = elsewhere.summary(new Position(EPOCH, 9));
    InvalidationAudience here = new InvalidationAudience();
    here.distrustBefore(new Position(EPOCH, 0));
    here.restore(left);
    Barred late = new Barred(BarrierSnapshot.EMPTY, true, new ArrayList<>());
    here.subscribe(NAME, late);
    assertThat(late.told).containsExactly(BARRIERS, new Position(EPOCH, 0));
    Barred unknown = new Barred(BarrierSnapshot.EMPTY, true, new ArrayList<>());
    here.subscribe("unknown there", unknown);
    assertThat(unknown.told).containsExactly(new Position(EPOCH, 0));
  }

  @Test
  void aCacheWithoutCopiesVouchesForNothingOutsideMemory() {
    InvalidationAudience elsewhere = new InvalidationAudience();
    elsewhere.subscribe(NAME, new Barred(BARRIERS, false, new ArrayList<>()));
    Position end = new Position(EPOCH, 9);
    assertThat(elsewhere.summary(end).caches()).containsEntry(NAME, BarrierSnapshot.floorAt(end));
  }
}
