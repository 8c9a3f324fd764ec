package io.forebay.cache;

import static io.forebay.cache.TestCaches.HOUR;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ListingTest {

  private final TestCaches test = new TestCaches();
  private final Cache<String, String> cache = test.cache;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 100, 1_000})
  void pagesInKeyOrderListEveryEntryOnce(int limit) {
    TreeSet<String> keys = new TreeSet<>();
    Random random = new Random(limit);
    for (int i = 0; i < 300; i++) {
      String key = Integer.toHexString(random.nextInt());
      test.put(key, "v");
      keys.add(key);
    }
    assertThat(walk(limit, Optional.empty())).containsExactlyElementsOf(keys);
  }

  @Test
  void theLastPageSaysSo() {
    test.put("a", "v");
    test.put("b", "v");
    assertThat(page(2).next()).isEmpty();
    assertThat(page(1).next()).contains("a");
  }

  @Test
  void filtersByKeyAndTag() {
    test.put("user:1", "v", "admin");
    test.put("user:2", "v");
    test.put("order:1", "v", "admin");
    ListingQuery<String> query =
        new ListingQuery<>(
            Optional.empty(), key -> key.startsWith("user:"), Optional.of("admin"), 10);
    assertThat(keysOf(cache.list(query))).containsExactly("user:1");
  }

  @Test
  void deadEntriesAreNotListedAndStaleOnesAre() {
    test.put("expired", "v", Lifetime.of(Duration.ofSeconds(1)));
    test.put("stale", "v", new Lifetime(Duration.ofSeconds(1), Duration.ofSeconds(9)));
    test.put("invalidated", "v", "red");
    test.put("live", "v", HOUR);
    test.advance(Duration.ofSeconds(2));
    cache.invalidate(new Scope.Tags(Set.of("red")), Invalidation.Mode.HARD);
    assertThat(keysOf(page(10))).containsExactly("live", "stale");
    assertThat(cache.statistics().hits()).isZero();
  }

  @Test
  void whatIsPresentThroughoutIsListedOnceWhileOthersComeAndGo() throws InterruptedException {
    TreeSet<String> lasting = new TreeSet<>();
    for (int i = 0; i < 500; i++) {
      test.put("lasting" + i, "v");
      lasting.add("lasting" + i);
    }
    Thread churn =
        Thread.ofPlatform()
            .start(() -> {
              for (int i = 0; i < 20_000; i++) {
                test.put("passing" + i % 3_000, "v");
                test.put("lasting" + i % 500, "again");
                cache.remove("passing" + (i + 1_500) % 3_000, Precondition.NONE);
              }
            });
    do {
      List<String> listed = walk(64, Optional.of("lasting"));
      assertThat(listed).containsExactlyElementsOf(lasting);
    } while (churn.isAlive());
    churn.join();
  }

  private List<String> walk(int limit, Optional<String> prefix) {
    List<String> keys = new ArrayList<>();
    Optional<String> after = Optional.empty();
    do {
      Listing<String> page =
          cache.list(
              new ListingQuery<>(
                  after, key -> key.startsWith(prefix.orElse("")), Optional.empty(), limit));
      assertThat(page.entries()).hasSizeLessThanOrEqualTo(limit);
      keys.addAll(keysOf(page));
      after = page.next();
    } while (after.isPresent());
    return keys;
  }

  private Listing<String> page(int limit) {
    return cache.list(new ListingQuery<>(Optional.empty(), _ -> true, Optional.empty(), limit));
  }

  private static List<String> keysOf(Listing<String> page) {
    return page.entries().stream().map(EntryFacts::key).toList();
  }
}
