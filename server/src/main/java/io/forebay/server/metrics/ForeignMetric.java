package io.forebay.server.metrics;

/// Metrics under the names that other systems' texts print. `docs/metrics.md` is checked against
/// this list.
public enum ForeignMetric {
  DISTROCACHE_HITS("distrocache_hits_total", "counter", "Reads of the cache default that hit."),
  DISTROCACHE_MISSES("distrocache_misses_total", "counter", "Reads of it that missed."),
  DISTROCACHE_SETS("distrocache_sets_total", "counter", "Values stored in it."),
  DISTROCACHE_DELETES("distrocache_deletes_total", "counter", "Entries deleted from it."),
  DISTROCACHE_EVICTIONS("distrocache_evictions_total", "counter", "Entries it dropped for space."),
  DISTROCACHE_ITEMS(
      "distrocache_items_total", "gauge", "Entries in it now (a gauge, whatever its name says)."),
  DISTROCACHE_ACCESS_DURATION(
      "distrocache_access_duration_seconds", "histogram", "API requests about entries."),
  CACHE_HITS("cache_hits_total", "counter", "Reads of all caches that hit."),
  CACHE_MISSES("cache_misses_total", "counter", "Reads of all caches that missed."),
  CACHE_LATENCY("cache_latency_seconds", "histogram", "API requests about entries."),
  CACHE_SIZE_BYTES("cache_size_bytes", "gauge", "What all caches weigh together."),
  INVALIDATIONS("invalidations_total", "counter", "Invalidations put in force, in each cache."),
  EVICTIONS("evictions_total", "counter", "Entries dropped for space."),
  WARMING_JOBS("warming_jobs_total", "counter", "Warming jobs begun."),
  ERRORS(
      "errors_total",
      "counter",
      "API requests about entries that failed, by type: client or server."),
  CACHE_MISS_RATE("cache_miss_rate", "gauge", "Misses among the reads of the last minute, 0 to 1.");

  private final String exposedName;
  private final String kind;
  private final String help;

  ForeignMetric(String exposedName, String kind, String help) {
    this.exposedName = exposedName;
    this.kind = kind;
    this.help = help;
  }

  public String exposedName() {
    return exposedName;
  }

  /// As Prometheus names it.
  public String kind() {
    return kind;
  }

  public String help() {
    return help;
  }
}
