package io.forebay.server.compat;

import io.forebay.cache.CacheStatistics;
import io.forebay.cache.EntryFacts;
import io.forebay.cache.ListingQuery;
import io.forebay.server.caches.NamedCache;
import io.forebay.server.metrics.RecentFigures;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The Cache Management API's statistics: rates in percent, memory in bytes, times in milliseconds;
/// and what the first entries in key order are like.
final class CacheManagementStatistics {

  /// Entries that are looked at for what they are like.
  private static final int SAMPLE = 10_000;

  private static final int HOT = 10;

  private CacheManagementStatistics() {}

  static Map<String, Object> of(NamedCache named, RecentFigures figures) {
    CacheStatistics counted = named.cache().statistics();
    double hits = 100 * counted.hitRatio();
    long reads = counted.hits() + counted.staleHits() + counted.misses();
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("hit_rate", hits);
    view.put("miss_rate", reads == 0 ? 0.0 : 100 - hits);
    view.put("total_hits", counted.hits() + counted.staleHits());
    view.put("total_misses", counted.misses());
    view.put("total_items", counted.entries());
    view.put("total_memory_usage", counted.weightBytes());
    view.put("max_memory", named.cache().bounds().maxBytes());
    view.put("total_sets", counted.writes());
    view.put("total_deletes", counted.removals());
    view.put("evictions", counted.evictionsForBytes() + counted.evictionsForEntries());
    view.put("expirations", counted.expirationsOnAccess() + counted.expirationsInBackground());
    view.put("response_time_ms", figures.latencyMillis());
    view.put("requests_per_second", figures.requestsPerSecond());
    view.putAll(likeness(named));
    return view;
  }

  private static Map<String, Object> likeness(NamedCache named) {
    List<EntryFacts<String>> sample =
        named
            .cache()
            .list(new ListingQuery<>(Optional.empty(), _ -> true, Optional.empty(), SAMPLE))
            .entries();
    Map<String, Long> bytesByType = new TreeMap<>();
    Map<String, Long> lifetimes = new LinkedHashMap<>();
    for (String bucket : List.of("up_to_1m", "up_to_1h", "up_to_1d", "longer")) {
      lifetimes.put(bucket, 0L);
    }
    for (EntryFacts<String> facts : sample) {
      bytesByType.merge(
          facts.metadata().getOrDefault(CacheManagementItem.DATA_TYPE, "other"),
          facts.weightBytes(),
          Long::sum);
      lifetimes.merge(bucket(Duration.between(facts.created(), facts.freshUntil())), 1L, Long::sum);
    }
    Map<String, Object> view = new LinkedHashMap<>();
    view.put(
        "hot_keys",
        sample.stream()
            .filter(facts -> facts.accessCount() > 0)
            .sorted(Comparator.comparingLong((EntryFacts<String> f) -> f.accessCount()).reversed())
            .limit(HOT)
            .map(facts ->
                CompatRoutes.members("key", facts.key(), "access_count", facts.accessCount()))
            .toList());
    view.put("memory_by_data_type", bytesByType);
    view.put("ttl_distribution", lifetimes);
    view.put("sampled_items", sample.size());
    return view;
  }

  private static String bucket(Duration lifetime) {
    if (lifetime.compareTo(Duration.ofMinutes(1)) <= 0) {
      return "up_to_1m";
    }
    if (lifetime.compareTo(Duration.ofHours(1)) <= 0) {
      return "up_to_1h";
    }
    return lifetime.compareTo(Duration.ofDays(1)) <= 0 ? "up_to_1d" : "longer";
  }
}
