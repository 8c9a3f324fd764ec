package io.forebay.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MostValuableTest {

  private static void put(Cache<String, String> cache, String key, int reads) {
    var draft = new Draft<>("v", Lifetime.of(Duration.ofHours(1)), List.<String>of(), Map.of());
    assertThat(cache.put(key, draft, Precondition.NONE)).isInstanceOf(WriteOutcome.Stored.class);
    for (int i = 0; i < reads; i++) {
      try (var entry = cache.get(key)) {
        assertThat(entry).isNotNull();
      }
    }
  }

  @Test
  void whatIsReadMostForItsBytesComesFirst() {
    try (Cache<String, String> cache =
        CacheBuilder.<String>withTextKeys("valued").maxEntries(1_000).build()) {
      for (int i = 0; i < 100; i++) {
        put(cache, "k%02d".formatted(i), i);
      }
      assertThat(cache.mostValuable(3)).containsExactly("k99", "k98", "k97");
      assertThat(cache.mostValuable(1_000)).hasSize(100);
      assertThat(cache.mostValuable(0)).isEmpty();
    }
  }
}
