package io.forebay.benchmarks.hitratio;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.benchmarks.hitratio.Contender.Bounds;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PatternTest {

  private static final Map<String, Pattern> ALL = Pattern.all();

  /// Where recency alone counts the least recently used one is the best choice, and a policy that
  /// draws its candidates at random can only come near it.
  private static final double MOST_POINTS_BELOW_LRU = 0.9;

  static Stream<String> names() {
    return ALL.keySet().stream();
  }

  static Stream<String> fewNames() {
    return Stream.of("stack-300", "zipf-then-loop-950", "recency");
  }

  private static Trace trace(String name) {
    return Objects.requireNonNull(ALL.get(name)).trace(name);
  }

  @Test
  void patternsAreTheSameEachTimeAndTheirIdsAreDense() {
    Pattern.all()
        .forEach((name, again) -> {
          Trace trace = trace(name);
          assertThat(again.trace(name).ids()).as(name).isEqualTo(trace.ids());
          assertThat(trace.requests()).as(name).isBetween(200_000, 240_000);
          assertThat(Arrays.stream(trace.ids()).min().orElseThrow()).as(name).isNotNegative();
          assertThat(trace.largestId()).as(name).isLessThan(2 * trace.requests());
        });
  }

  @ParameterizedTest
  @MethodSource("fewNames")
  void autoIsNotFarBelowLeastRecentlyUsed(String name) {
    check(name, 100);
  }

  @Tag("long")
  @ParameterizedTest
  @MethodSource("names")
  void autoIsNotFarBelowLeastRecentlyUsedOnAnyPattern(String name) {
    check(name, 100);
    check(name, 1_000);
  }

  private static void check(String name, long entries) {
    Bounds bounds = new Bounds(false, entries);
    double auto = new Contender("auto").replay(trace(name), bounds, 1).hitRatio();
    double lru = new Contender("lru").replay(trace(name), bounds, 1).hitRatio();
    assertThat(100 * (auto - lru))
        .as("points over lru, %d entries", entries)
        .isGreaterThan(-MOST_POINTS_BELOW_LRU);
  }
}
