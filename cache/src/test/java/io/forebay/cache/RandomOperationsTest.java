package io.forebay.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// One thread's random operations against a model that does everything at once and by brute force:
/// no buffers, no wheel, no barriers.
@Tag("checker")
class RandomOperationsTest {

  private static final int MAX_ENTRIES = 20;
  private static final int KEYS = 40;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void agreesWithTheModel(long seed) {
    new Run(seed).steps(5_000);
  }

  @Tag("long")
  @ParameterizedTest
  @ValueSource(longs = {101, 102, 103, 104, 105, 106, 107, 108})
  void agreesWithTheModelForLong(long seed) {
    new Run(seed).steps(1_000_000);
  }

  /// What the model knows of an entry.
  private static final class Known {
    final String value;
    final long version;
    final List<String> tags;
    final Duration freshUntil;
    final Duration staleUntil;
    boolean soft;

    Known(String value, long version, List<String> tags, Duration now, Lifetime lifetime) {
      this.value = value;
      this.version = version;
      this.tags = tags;
      this.freshUntil = now.plus(lifetime.fresh());
      this.staleUntil = freshUntil.plus(lifetime.stale());
    }
  }

  private static final class Run {
    final long seed;
    final Random random;
    final TestCaches test =
        new TestCaches(
            new CacheBuilder<String, String>("test").maxEntries(MAX_ENTRIES).evictionPolicy("lru"));
    final Cache<String, String> cache = test.cache;

    /// In the order of use.
    final Map<String, Known> model = new LinkedHashMap<>(16, 0.75f, true);

    Duration now = Duration.ZERO;
    int step;
    long hits;
    long misses;
    long evictions;

    Run(long seed) {
      this.seed = seed;
      this.random = new Random(seed);
    }

    void steps(int count) {
      for (step = 0; step < count; step++) {
        try {
          operate();
        } catch (RuntimeException e) {
          throw new AssertionError("seed " + seed + ", step " + step, e);
        }
      }
      CacheStatistics statistics = cache.statistics();
      assertThat(statistics.hits() + statistics.staleHits()).as(place()).isEqualTo(hits);
      assertThat(statistics.misses()).as(place()).isEqualTo(misses);
      assertThat(statistics.evictionsForEntries()).as(place()).isEqualTo(evictions);
    }

    void operate() {
      String key = "k" + random.nextInt(KEYS);
      switch (random.nextInt(20)) {
        case 0, 1, 2, 3 -> put(key, Precondition.NONE);
        case 4 -> put(key, Precondition.ABSENT);
        case 5 -> put(key, Precondition.PRESENT);
        case 6 -> put(key, new Precondition.VersionIn(Set.of(someVersion(key))));
        case 7 -> remove(key);
        case 8 -> invalidate();
        case 9 -> {
          Duration span = Duration.ofMillis(random.nextInt(300));
          now = now.plus(span);
          test.advance(span);
          test.upkeep.run(); // so that the dead do not count for the bound, as in the model
        }
        case 10 -> assertThat(listed()).as(place()).isEqualTo(expectedListing());
        default -> get(key);
      }
      forgetTheDead();
      CacheStatistics statistics = cache.statistics();
      assertThat(statistics.entries()).as(place()).isEqualTo(model.size());
    }

    void get(String key) {
      Known known = model.get(key);
      String expected = "nothing";
      if (known != null) {
        boolean fresh = !known.soft && known.freshUntil.compareTo(now) > 0;
        expected = fresh ? known.value : "stale " + known.value;
        hits++;
      } else {
        misses++;
      }
      assertThat(test.read(key)).as(place()).isEqualTo(expected);
    }

    void put(String key, Precondition precondition) {
      Lifetime lifetime =
          new Lifetime(
              Duration.ofMillis(1 + random.nextInt(1_000)), Duration.ofMillis(random.nextInt(500)));
      List<String> tags = new ArrayList<>();
      for (int tag = 0; tag < 4; tag++) {
        if (random.nextInt(4) == 0) {
          tags.add("tag" + tag);
        }
      }
      String value = "v" + step;
      Known present = known(key);
      WriteOutcome outcome =
          cache.put(key, new Draft<>(value, lifetime, tags, Map.of()), precondition);
      if (!holds(precondition, present)) {
        assertThat(outcome)
            .as(place())
            .isEqualTo(new WriteOutcome.PreconditionFailed(versionOf(present)));
        return;
      }
      long version = TestCaches.stored(outcome);
      assertThat(outcome).isEqualTo(new WriteOutcome.Stored(version, present != null));
      model.remove(key); // a write is a use
      model.put(key, new Known(value, version, tags, now, lifetime));
      if (model.size() > MAX_ENTRIES) {
        model.remove(model.keySet().iterator().next());
        evictions++;
      }
    }

    void remove(String key) {
      Known present = model.remove(key);
      assertThat(cache.remove(key, Precondition.NONE))
          .as(place())
          .isEqualTo(
              present == null
                  ? new RemoveOutcome.Absent()
                  : new RemoveOutcome.Removed(present.version));
    }

    void invalidate() {
      String key = "k" + random.nextInt(KEYS);
      String tag = "tag" + random.nextInt(4);
      boolean hard = random.nextBoolean();
      Scope scope =
          switch (random.nextInt(9)) {
            case 0 -> new Scope.Everything();
            case 1, 2 -> new Scope.Keys(Set.of(key));
            case 3 -> new Scope.Prefixes(Set.of(key));
            case 4 -> new Scope.Patterns(Set.of(pattern(key)));
            case 5 -> new Scope.Urls(Set.of(key));
            case 6 -> new Scope.Hosts(Set.of(key));
            default -> new Scope.Tags(Set.of(tag));
          };
      cache.invalidate(scope, hard ? Invalidation.Mode.HARD : Invalidation.Mode.SOFT);
      model
          .entrySet()
          .removeIf(entry -> {
            boolean covered = isCovered(scope, entry.getKey(), entry.getValue().tags);
            entry.getValue().soft |= covered;
            return covered && hard;
          });
      test.upkeep.run();
    }

    /// Any last digit will do.
    static GlobPattern pattern(String key) {
      return GlobPattern.parse(key.substring(0, key.length() - 1) + "?").orElseThrow();
    }

    static boolean isCovered(Scope scope, String key, List<String> tags) {
      return switch (scope) {
        case Scope.Keys(Set<String> keys) -> keys.contains(key);
        case Scope.Tags(Set<String> names) -> names.stream().anyMatch(tags::contains);
        case Scope.Prefixes(Set<String> prefixes) -> prefixes.stream().anyMatch(key::startsWith);
        case Scope.Patterns(Set<GlobPattern> patterns) -> {
          String text = patterns.iterator().next().text();
          yield text.length() == key.length()
              && key.startsWith(text.substring(0, text.length() - 1));
        }
        case Scope.Urls _, Scope.Hosts _ -> false;
        case Scope.Everything() -> true;
      };
    }

    void forgetTheDead() {
      model.values().removeIf(known -> known.staleUntil.compareTo(now) <= 0);
      // An entry may live in the real cache for a tick of the wheel longer, counted but not served.
      for (int i = 0; i < KEYS; i++) {
        if (!model.containsKey("k" + i) && cache.peek("k" + i) == null) {
          cache.invalidate(new Scope.Keys(Set.of("k" + i)), Invalidation.Mode.HARD);
        }
      }
    }

    List<String> listed() {
      Listing<String> page =
          cache.list(
              new ListingQuery<>(
                  java.util.Optional.empty(), _ -> true, java.util.Optional.empty(), KEYS));
      return page.entries().stream().map(facts -> facts.key() + " " + facts.version()).toList();
    }

    List<String> expectedListing() {
      List<String> lines = new ArrayList<>();
      new TreeMap<>(model).forEach((key, known) -> lines.add(key + " " + known.version));
      return lines;
    }

    long someVersion(String key) {
      Known known = known(key);
      return known == null || random.nextInt(3) == 0 ? 12_345 : known.version;
    }

    /// A look that is not a use.
    @Nullable Known known(String key) {
      for (Map.Entry<String, Known> entry : model.entrySet()) {
        if (entry.getKey().equals(key)) {
          return entry.getValue();
        }
      }
      return null;
    }

    static boolean holds(Precondition precondition, @Nullable Known present) {
      return switch (precondition) {
        case Precondition.None() -> true;
        case Precondition.Absent() -> present == null;
        case Precondition.Present() -> present != null;
        case Precondition.VersionIn(Set<Long> versions) ->
            present != null && versions.contains(present.version);
      };
    }

    static OptionalLong versionOf(@Nullable Known present) {
      return present == null ? OptionalLong.empty() : OptionalLong.of(present.version);
    }

    String place() {
      return "seed " + seed + ", step " + step;
    }
  }
}
