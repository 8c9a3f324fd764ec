package io.forebay.cache;

import static io.forebay.cache.TestCaches.HOUR;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The weight that the cache reports beside the heap's real growth.
class MemoryFootprintTest {

  private static final int ENTRIES = 200_000;

  @ParameterizedTest
  @ValueSource(ints = {0, 100, 1_000})
  void theReportedWeightIsWhatTheHeapGrowsBy(int valueBytes) {
    long before = usedHeap();
    Cache<String, ByteValue> cache = filled(valueBytes, List.of(), Map.of());
    long growth = usedHeap() - before;
    assertThat(cache.statistics().weightBytes())
        .as("weight, where the heap grew by %d bytes an entry", growth / ENTRIES)
        .isCloseTo(growth, Percentage.withPercentage(8));
  }

  @Test
  void theWeightOfTagsAndMetadataIsWhatTheHeapGrowsBy() {
    long before = usedHeap();
    Cache<String, ByteValue> cache =
        filled(100, List.of("red", "blue"), Map.of("content-type", "text/plain"));
    long growth = usedHeap() - before;
    assertThat(cache.statistics().weightBytes())
        .as("weight, where the heap grew by %d bytes an entry", growth / ENTRIES)
        .isCloseTo(growth, Percentage.withPercentage(12));
  }

  private static Cache<String, ByteValue> filled(
      int valueBytes, List<String> tags, Map<String, String> metadata) {
    Cache<String, ByteValue> cache =
        CacheBuilder.<ByteValue>withTextKeys("heap")
            .maxBytes(1L << 40, Weigher.ofBytes())
            .upkeep(Upkeep.manual())
            .build();
    for (int i = 0; i < ENTRIES; i++) {
      ByteValue value = ByteValue.wrap(new byte[valueBytes]);
      Draft<ByteValue> draft =
          new Draft<>(
              value,
              HOUR,
              tags.stream().map(MemoryFootprintTest::copy).toList(),
              metadata.isEmpty() ? Map.of() : Map.of(copy("content-type"), copy("text/plain")));
      cache.put(String.format("key-%012d", i), draft, Precondition.NONE);
      value.release();
    }
    return cache;
  }

  /// As text that came from the network would be: not shared with other entries.
  private static String copy(String text) {
    return new String(text.toCharArray());
  }

  private static long usedHeap() {
    Runtime runtime = Runtime.getRuntime();
    long used = Long.MAX_VALUE;
    for (int i = 0; i < 4; i++) { // until a collection frees nothing more
      System.gc();
      used = Math.min(used, runtime.totalMemory() - runtime.freeMemory());
    }
    return used;
  }
}
