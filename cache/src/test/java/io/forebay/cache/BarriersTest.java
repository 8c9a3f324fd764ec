package io.forebay.cache;

import static io.forebay.cache.Barriers.Verdict.INVALIDATED;
import static io.forebay.cache.Barriers.Verdict.SOFTLY_INVALIDATED;
import static io.forebay.cache.Barriers.Verdict.VALID;
import static io.forebay.cache.Invalidation.Mode.HARD;
import static io.forebay.cache.Invalidation.Mode.SOFT;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.AbstractList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BarriersTest {

  private final Barriers barriers = new Barriers(8, 4, Object::toString);

  @Test
  void aBarrierCoversWhatWasLoadedBeforeItAndNothingElse() {
    barriers.raise(new Scope.Tags(Set.of("red")), at(5), HARD);

    assertThat(barriers.judge(at(4), "k", List.of("blue", "red"))).isEqualTo(INVALIDATED);
    assertThat(barriers.judge(at(5), "k", List.of("red"))).isEqualTo(VALID);
    assertThat(barriers.judge(at(4), "k", List.of("blue"))).isEqualTo(VALID);
    assertThat(barriers.judge(at(4), "k", List.of("redd", "re"))).isEqualTo(VALID);
  }

  @Test
  void hardCountsBeforeSoft() {
    barriers.raise(new Scope.Tags(Set.of("red")), at(5), SOFT);
    assertThat(barriers.judge(at(4), "k", List.of("red"))).isEqualTo(SOFTLY_INVALIDATED);
    barriers.raise(new Scope.Tags(Set.of("red")), at(6), HARD);
    assertThat(barriers.judge(at(4), "k", List.of("red"))).isEqualTo(INVALIDATED);
    assertThat(barriers.judge(at(5), "k", List.of("red"))).isEqualTo(INVALIDATED);
  }

  /// The floor rises over a soft barrier just before a judgement looks for it: then the floor
  /// itself has to be seen.
  @Test
  void aJudgementMissesNoBarrierThatTheFloorOvertakes() {
    barriers.raise(new Scope.Tags(Set.of("red")), at(5), SOFT);
    AtomicInteger looks = new AtomicInteger();
    List<String> tags =
        new AbstractList<>() {
          @Override
          public String get(int index) {
            if (looks.incrementAndGet() == 2) { // the first is for hard barriers
              barriers.raise(new Scope.Everything(), at(6), HARD);
            }
            return "red";
          }

          @Override
          public int size() {
            return 1;
          }
        };
    assertThat(barriers.judge(at(4), "k", tags)).isEqualTo(INVALIDATED);
    assertThat(looks).hasValue(2);
  }

  @Test
  void everythingCoversTheUntagged() {
    barriers.raise(new Scope.Everything(), at(3), SOFT);
    assertThat(barriers.judge(at(2), "k", List.of())).isEqualTo(SOFTLY_INVALIDATED);
    barriers.raise(new Scope.Everything(), at(4), HARD);
    assertThat(barriers.judge(at(3), "k", List.of())).isEqualTo(INVALIDATED);
    assertThat(barriers.judge(at(4), "k", List.of())).isEqualTo(VALID);
  }

  @Test
  void aValueOfAnEarlierEpochIsOlderThanEveryBarrierOfThisOne() {
    barriers.raise(new Scope.Everything(), new Position(2, 0), HARD);
    assertThat(barriers.judge(new Position(1, 1_000_000), "k", List.of())).isEqualTo(INVALIDATED);
  }

  @Test
  void everyChangeIsANewGeneration() {
    long before = barriers.generation();
    barriers.raise(new Scope.Tags(Set.of("red")), at(1), SOFT);
    long between = barriers.generation();
    barriers.raise(new Scope.Everything(), at(2), SOFT);
    assertThat(between).isGreaterThan(before);
    assertThat(barriers.generation()).isGreaterThan(between);
  }

  @Test
  void onOverflowAFloorRisesOverTheOldestAndIsCounted() {
    for (int n = 1; n <= 9; n++) {
      barriers.raise(new Scope.Tags(Set.of("tag" + n)), at(n), HARD);
    }
    assertThat(barriers.overflows()).isEqualTo(1);
    assertThat(barriers.size()).isLessThanOrEqualTo(8);
    assertThat(barriers.judge(at(0), "k", List.of("tag1"))).isEqualTo(INVALIDATED);
    assertThat(barriers.judge(at(0), "k", List.of()))
        .as("older than the floor")
        .isEqualTo(INVALIDATED);
    assertThat(barriers.judge(at(4), "k", List.of())).as("newer than it").isEqualTo(VALID);
    assertThat(barriers.judge(at(8), "k", List.of("tag9"))).isEqualTo(INVALIDATED);
  }

  @Test
  void moreTagsInOneInvalidationThanMayBeKeptCoverThemAllTheSame() {
    List<String> tags = IntStream.range(0, 100).mapToObj(i -> "tag" + i).toList();
    barriers.raise(new Scope.Tags(Set.copyOf(tags)), at(7), HARD);
    assertThat(barriers.size()).isLessThanOrEqualTo(8);
    for (String tag : tags) {
      assertThat(barriers.judge(at(6), "k", List.of(tag))).isEqualTo(INVALIDATED);
    }
    assertThat(barriers.judge(at(7), "k", tags)).isEqualTo(VALID);
  }

  @Test
  void onlyBarriersUpToTheGivenPositionRetire() {
    barriers.raise(new Scope.Tags(Set.of("red")), at(1), HARD);
    barriers.raise(new Scope.Tags(Set.of("blue")), at(2), SOFT);
    barriers.raise(new Scope.Tags(Set.of("green")), at(3), HARD);
    barriers.retire(at(2));
    assertThat(barriers.size()).isEqualTo(1);
    assertThat(barriers.judge(at(2), "k", List.of("green"))).isEqualTo(INVALIDATED);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void neverTrustsWhatACompleteHistoryWouldNot(long seed) {
    Random random = new Random(seed);
    Map<String, Integer> hard = new HashMap<>();
    Map<String, Integer> soft = new HashMap<>();
    for (int n = 1; n <= 2_000; n++) {
      String tag = "tag" + random.nextInt(30);
      Invalidation.Mode mode = random.nextInt(3) == 0 ? SOFT : HARD;
      barriers.raise(new Scope.Tags(Set.of(tag)), at(n), mode);
      (mode == HARD ? hard : soft).put(tag, n);

      String asked = "tag" + random.nextInt(30);
      int loaded = Math.max(0, n - random.nextInt(40));
      Barriers.Verdict verdict = barriers.judge(at(loaded), "k", List.of(asked));
      if (hard.getOrDefault(asked, 0) > loaded) {
        assertThat(verdict).as("seed %d, record %d", seed, n).isEqualTo(INVALIDATED);
      } else if (soft.getOrDefault(asked, 0) > loaded) {
        assertThat(verdict).as("seed %d, record %d", seed, n).isNotEqualTo(VALID);
      }
      assertThat(barriers.size()).isLessThanOrEqualTo(8);
    }
    assertThat(barriers.overflows()).isPositive();
  }

  private static Position at(long n) {
    return new Position(1, n);
  }

  @Test
  void theNewestThatCoversIsTold() {
    assertThat(barriers.newestCovering("key", List.of("a"))).isEmpty();
    barriers.raise(new Scope.Tags(Set.of("a", "b")), at(1), HARD);
    barriers.raise(new Scope.Tags(Set.of("b")), at(2), SOFT);
    assertThat(barriers.newestCovering("key", List.of("a", "b")))
        .contains(new BarrierSnapshot.Raised(at(2), SOFT, new Scope.Tags(Set.of("b"))));
    assertThat(barriers.newestCovering("key", List.of("a")))
        .map(BarrierSnapshot.Raised::position)
        .contains(at(1));
    assertThat(barriers.newestCovering("key", List.of("c"))).isEmpty();
    barriers.raise(new Scope.Prefixes(Set.of("ke")), at(3), HARD);
    assertThat(barriers.newestCovering("key", List.of("a")))
        .contains(new BarrierSnapshot.Raised(at(3), HARD, new Scope.Prefixes(Set.of("ke"))));
    assertThat(barriers.newestCovering("other", List.of("c"))).isEmpty();
    barriers.raise(new Scope.Everything(), at(4), HARD);
    assertThat(barriers.newestCovering("other", List.of("c")))
        .contains(new BarrierSnapshot.Raised(at(4), HARD, new Scope.Everything()));
  }
}
