package io.forebay.cache;

import static io.forebay.cache.TestCaches.HOUR;
import static io.forebay.cache.TestCaches.draft;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.cache.policy.EvictionPolicies;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What holds in the engine whatever the policy: bounds, and that no value is wrong or lost without
/// a reason.
class PoliciesInTheEngineTest {

  private static final Weigher<String, String> BY_LENGTH = (_, value) -> value.length();

  static List<String> policies() {
    return EvictionPolicies.names();
  }

  @ParameterizedTest
  @MethodSource("policies")
  void boundsAndValuesAreRightOverRandomOperations(String policy) {
    for (long seed = 1; seed <= 4; seed++) {
      Random random = new Random(seed);
      TestCaches test =
          new TestCaches(
              new CacheBuilder<String, String>("test")
                  .bounds(new CacheBounds(20_000, 60), BY_LENGTH)
                  .evictionPolicy(policy));
      Map<String, String> last = new HashMap<>();
      for (int step = 0; step < 5_000; step++) {
        operate(test, random, last, step);
        String key = "k" + random.nextInt(200);
        assertThat(test.read(key))
            .as("%s, seed %d, step %d", policy, seed, step)
            .isIn(last.getOrDefault(key, "nothing"), "nothing");
        CacheStatistics now = test.cache.statistics();
        assertThat(now.entries()).isLessThanOrEqualTo(60);
        assertThat(now.weightBytes()).isLessThanOrEqualTo(20_000);
      }
      CacheStatistics end = test.cache.statistics();
      assertThat(end.hits()).as("%s, seed %d", policy, seed).isPositive();
      assertThat(end.evictionsForBytes() + end.evictionsForEntries()).isPositive();
      test.cache.close();
      assertThat(test.cache.statistics().weightBytes()).isZero();
    }
  }

  private static void operate(TestCaches test, Random random, Map<String, String> last, int step) {
    String key = "k" + random.nextInt(200);
    switch (random.nextInt(10)) {
      case 0 -> {
        test.cache.remove(key, Precondition.NONE);
        last.remove(key);
      }
      case 1 -> {
        test.cache.invalidate(new Scope.Tags(Set.of("tag" + step % 3)), Invalidation.Mode.HARD);
        test.advance(Duration.ofMillis(random.nextInt(500)));
        test.upkeep.run();
      }
      case 2, 3, 4 -> {
        LoadToken<String> load = test.cache.beginLoad(key);
        String value = "loaded" + step + "x".repeat(random.nextInt(400));
        if (test.cache.complete(load, draft(value, HOUR, "tag" + step % 3))
            instanceof WriteOutcome.Stored) {
          last.put(key, value);
        }
      }
      default -> {
        String value = "put" + step + "x".repeat(random.nextInt(400));
        test.put(
            key, value, new Lifetime(Duration.ofSeconds(1 + random.nextInt(9)), Duration.ZERO));
        last.put(key, value);
        assertThat(test.read(key)).as("a client's write gets a place").isEqualTo(value);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("policies")
  void aRefusedLoadSaysSoAndChangesNothing(String policy) {
    TestCaches test =
        new TestCaches(
            new CacheBuilder<String, String>("test").maxEntries(50).evictionPolicy(policy));
    for (int i = 0; i < 2_000; i++) {
      String key = "k" + i % 70;
      if (test.read(key).equals("nothing")) {
        WriteOutcome outcome = test.cache.complete(test.cache.beginLoad(key), draft("v" + i, HOUR));
        boolean stored = outcome instanceof WriteOutcome.Stored;
        assertThat(test.cache.peek(key) != null).as("%s: %s", policy, outcome).isEqualTo(stored);
      }
    }
    CacheStatistics statistics = test.cache.statistics();
    assertThat(statistics.entries()).isEqualTo(50);
    assertThat(statistics.writes())
        .as("each write that was stored is present or was evicted")
        .isEqualTo(statistics.entries() + statistics.evictionsForEntries());
  }

  @ParameterizedTest
  @MethodSource("policies")
  void aChangeOfPolicyLosesNothing(String policy) {
    TestCaches test = new TestCaches(new CacheBuilder<String, String>("test").maxEntries(500));
    for (int i = 0; i < 500; i++) {
      test.put("k" + i, "v");
    }
    test.cache.changeEvictionPolicy(policy);
    assertThat(test.cache.evictionPolicy()).isEqualTo(policy);
    assertThat(test.cache.statistics().entries()).isEqualTo(500);
    for (int i = 0; i < 500; i++) {
      test.put("new" + i, "v");
    }
    assertThat(test.cache.statistics().entries()).isEqualTo(500);
  }

  @Test
  void anUnknownPolicyIsNamedWithTheKnownOnes() {
    TestCaches test = new TestCaches();
    assertThatThrownBy(() -> test.cache.changeEvictionPolicy("mru"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("mru")
        .hasMessageContaining("w-tinylfu");
    assertThat(test.cache.evictionPolicy()).isEqualTo("auto");
  }
}
