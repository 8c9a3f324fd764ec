package io.forebay.cache;

import static io.forebay.cache.TestCaches.HOUR;
import static io.forebay.cache.TestCaches.draft;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BoundsTest {

  private static final Weigher<String, String> BY_LENGTH = (_, value) -> value.length();

  @Test
  void theLeastRecentlyUsedLeavesWhenThereAreTooManyEntries() {
    TestCaches test =
        new TestCaches(
            new CacheBuilder<String, String>("test").maxEntries(3).evictionPolicy("lru"));
    test.put("a", "1");
    test.put("b", "2");
    test.put("c", "3");
    test.read("a");
    test.put("d", "4");

    assertThat(test.read("b")).isEqualTo("nothing");
    assertThat(List.of(test.read("a"), test.read("c"), test.read("d")))
        .containsExactly("1", "3", "4");
    assertThat(test.cache.statistics().evictionsForEntries()).isEqualTo(1);
    assertThat(test.cache.statistics().evictionsForBytes()).isZero();
  }

  @Test
  void weightStaysWithinTheByteBound() {
    TestCaches test = byBytes(10_000);
    for (int i = 0; i < 500; i++) {
      test.put("k" + i, "x".repeat(i));
      assertThat(test.cache.statistics().weightBytes()).isLessThanOrEqualTo(10_000);
    }
    assertThat(test.read("k499")).hasSize(499);
    assertThat(test.cache.statistics().evictionsForBytes()).isPositive();
  }

  @Test
  void aReplacementWeighsInPlaceOfWhatItReplaces() {
    TestCaches test = byBytes(10_000);
    test.put("k", "x".repeat(1_000));
    long heavy = test.cache.statistics().weightBytes();
    test.put("k", "x".repeat(10));
    assertThat(test.cache.statistics().weightBytes()).isCloseTo(heavy - 990, within(8L));
  }

  @Test
  void tagsAndMetadataWeighToo() {
    TestCaches test = byBytes(10_000);
    test.put("k", "v");
    long plain = test.cache.statistics().weightBytes();
    test.cache.put(
        "k",
        new Draft<>("v", HOUR, List.of("a tag of 22 characters"), Map.of("content", "text")),
        Precondition.NONE);
    assertThat(test.cache.statistics().weightBytes()).isGreaterThan(plain + 22 + 11);
  }

  @Test
  void whatIsHeavierThanTheCacheIsRefusedAndTheOldValueStays() {
    TestCaches test = byBytes(1_000);
    test.put("k", "small");
    assertThat(test.cache.put("k", draft("x".repeat(1_000), HOUR), Precondition.NONE))
        .isEqualTo(new WriteOutcome.Refused(WriteOutcome.Reason.TOO_LARGE));
    LoadToken<String> load = test.cache.beginLoad("k");
    assertThat(test.cache.complete(load, draft("x".repeat(1_000), HOUR)))
        .isEqualTo(new WriteOutcome.Refused(WriteOutcome.Reason.TOO_LARGE));
    assertThat(test.read("k")).isEqualTo("small");
  }

  @Test
  void narrowerBoundsEvictBeforeTheyReturnAndWiderOnesLoseNothing() {
    TestCaches test =
        new TestCaches(
            new CacheBuilder<String, String>("test").maxEntries(5_000).evictionPolicy("lru"));
    for (int i = 0; i < 5_000; i++) {
      test.put("k" + i, "v");
    }
    test.cache.changeBounds(new CacheBounds(Long.MAX_VALUE, 100));
    assertThat(test.cache.statistics().entries()).isEqualTo(100);
    test.cache.changeBounds(new CacheBounds(Long.MAX_VALUE, 200));
    for (int i = 4_900; i < 5_000; i++) {
      assertThat(test.read("k" + i)).isEqualTo("v");
    }
    assertThat(test.cache.bounds().maxEntries()).isEqualTo(200);
  }

  @Test
  void whenTheNodeIsFullTheHeaviestCacheGivesWay() {
    NodeBudget node = new NodeBudget(20_000);
    TestCaches heavy = new TestCaches(withBudget(node));
    TestCaches light = new TestCaches(withBudget(node));
    for (int i = 0; i < 100; i++) {
      heavy.put("h" + i, "x".repeat(500));
      assertThat(node.usedBytes()).isLessThanOrEqualTo(20_000);
    }
    for (int i = 0; i < 10; i++) {
      light.put("l" + i, "x".repeat(500));
      assertThat(node.usedBytes()).isLessThanOrEqualTo(20_000);
    }
    assertThat(light.cache.statistics().entries()).isEqualTo(10);
    assertThat(light.cache.statistics().evictionsForBytes()).isZero();
    assertThat(heavy.cache.statistics().evictionsForBytes()).isPositive();

    node.changeMaxBytes(5_000);
    assertThat(node.usedBytes()).isLessThanOrEqualTo(5_000).isPositive();
    heavy.cache.close();
    light.cache.close();
    assertThat(node.usedBytes()).isZero();
  }

  @Test
  void aClosedCacheHoldsNothingAndRefusesWrites() {
    TestCaches test = new TestCaches();
    test.put("k", "v");
    LoadToken<String> load = test.cache.beginLoad("k");
    test.cache.close();

    WriteOutcome closed = new WriteOutcome.Refused(WriteOutcome.Reason.CLOSED);
    assertThat(test.read("k")).isEqualTo("nothing");
    assertThat(test.cache.put("k", draft("w", HOUR), Precondition.NONE)).isEqualTo(closed);
    assertThat(test.cache.complete(load, draft("w", HOUR))).isEqualTo(closed);
    assertThat(test.cache.remove("k", Precondition.NONE)).isEqualTo(new RemoveOutcome.Absent());
    assertThat(test.cache.statistics().weightBytes()).isZero();
  }

  @Test
  void boundsMustBePositiveAndOneMustBeGiven() {
    assertThatThrownBy(() -> new CacheBuilder<String, String>("x").maxEntries(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("maxEntries");
    assertThatThrownBy(() -> new CacheBuilder<String, String>("x").build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("needs maxBytes or maxEntries");
  }

  private static TestCaches byBytes(long bytes) {
    return new TestCaches(new CacheBuilder<String, String>("test").maxBytes(bytes, BY_LENGTH));
  }

  private static CacheBuilder<String, String> withBudget(NodeBudget node) {
    return new CacheBuilder<String, String>("test").maxBytes(1_000_000, BY_LENGTH).nodeBudget(node);
  }
}
