package io.forebay.server.metrics;

import io.forebay.cache.Cache;
import io.forebay.cache.CacheStatistics;
import io.forebay.server.api.ExchangeRecord;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// What people look at while it runs: totals of all caches, what happened in the last minute, and
/// how long entries' requests took. Somebody has to call [#tick] every second. Thread-safe.
public final class RecentFigures {

  private static final int SECONDS = 60;
  private static final double[] SHARES = {0.5, 0.9, 0.95, 0.99};
  private static final double[] BOUNDS_SECONDS = {
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5
  };

  private final Supplier<List<Cache<?, ?>>> caches;
  private final LongSupplier warmingJobs;
  private final LatencyWindow latency = new LatencyWindow();
  private final LongAdder requests = new LongAdder();
  private final LongAdder clientErrors = new LongAdder();
  private final LongAdder serverErrors = new LongAdder();
  private final LongAdder[] durations = new LongAdder[BOUNDS_SECONDS.length + 1];
  private final LongAdder durationNanos = new LongAdder();

  // Guarded by this: the last minute, oldest first.
  private final Deque<Totals> minute = new ArrayDeque<>();
  private int ticks;

  /// Sums over all caches at one moment.
  private record Totals(
      long nanoTime,
      long hits,
      long misses,
      long writes,
      long removals,
      long evictions,
      long expirations,
      long invalidations,
      long entries,
      long weightBytes,
      long requests) {}

  /// @param warmingJobs begun so far
  public RecentFigures(Supplier<List<Cache<?, ?>>> caches, LongSupplier warmingJobs) {
    this.caches = caches;
    this.warmingJobs = warmingJobs;
    for (int i = 0; i < durations.length; i++) {
      durations[i] = new LongAdder();
    }
    minute.add(totals());
  }

  private Totals totals() {
    long[] sums = new long[9];
    for (Cache<?, ?> cache : caches.get()) {
      CacheStatistics figures = cache.statistics();
      sums[0] += figures.hits() + figures.staleHits();
      sums[1] += figures.misses();
      sums[2] += figures.writes();
      sums[3] += figures.removals();
      sums[4] += figures.evictionsForBytes() + figures.evictionsForEntries();
      sums[5] += figures.expirationsOnAccess() + figures.expirationsInBackground();
      sums[6] += figures.invalidations();
      sums[7] += figures.entries();
      sums[8] += figures.weightBytes();
    }
    return new Totals(
        System.nanoTime(),
        sums[0],
        sums[1],
        sums[2],
        sums[3],
        sums[4],
        sums[5],
        sums[6],
        sums[7],
        sums[8],
        requests.sum());
  }

  /// Counts an exchange of the API.
  public void record(ExchangeRecord exchange) {
    if (!isOfEntries(exchange.route())) {
      return;
    }
    long nanos = exchange.duration().toNanos();
    requests.increment();
    latency.record(nanos);
    durationNanos.add(nanos);
    int bound = 0;
    while (bound < BOUNDS_SECONDS.length && nanos > BOUNDS_SECONDS[bound] * 1e9) {
      bound++;
    }
    durations[bound].increment();
    if (exchange.status() >= 500) {
      serverErrors.increment();
    } else if (exchange.status() >= 400 && exchange.status() != 404) {
      clientErrors.increment();
    }
  }

  private static boolean isOfEntries(String route) {
    return route.startsWith("/v1/caches/")
        || route.startsWith("/api/cache/")
        || route.startsWith("/api/v1/cache/")
        || route.equals("/set")
        || route.equals("/cache");
  }

  /// One second has passed.
  public synchronized void tick() {
    minute.addLast(totals());
    if (minute.size() > SECONDS + 1) {
      minute.removeFirst();
    }
    ticks++;
    if (ticks % SECONDS == 0) {
      latency.turn();
    }
  }

  private synchronized Totals oldest() {
    return minute.getFirst();
  }

  /// Everything, for people and their programs: rates are a second's, ratios from 0 to 1 and of the
  /// last minute, times in milliseconds.
  public Map<String, Object> members() {
    Totals then = oldest();
    Totals now = totals();
    double seconds = Math.max(1, (now.nanoTime() - then.nanoTime()) / 1e9);
    long hits = now.hits() - then.hits();
    long reads = hits + now.misses() - then.misses();
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("timestamp", Instant.now().truncatedTo(ChronoUnit.MILLIS));
    members.put("hits", now.hits());
    members.put("misses", now.misses());
    members.put("hit_rate", reads == 0 ? 0 : (double) hits / reads);
    members.put("miss_rate", reads == 0 ? 0 : (double) (reads - hits) / reads);
    members.put("reads_per_second", reads / seconds);
    members.put("writes_per_second", (now.writes() - then.writes()) / seconds);
    members.put("requests_per_second", (now.requests() - then.requests()) / seconds);
    members.put("latency_ms", latencyMillis());
    members.put("entries", now.entries());
    members.put("cache_size_bytes", now.weightBytes());
    members.put("invalidations", now.invalidations());
    members.put("invalidations_per_second", (now.invalidations() - then.invalidations()) / seconds);
    members.put("evictions", now.evictions());
    members.put("evictions_per_second", (now.evictions() - then.evictions()) / seconds);
    members.put("expirations", now.expirations());
    members.put("writes", now.writes());
    members.put("removals", now.removals());
    members.put("warming_jobs", warmingJobs.getAsLong());
    Map<String, Object> errors = new LinkedHashMap<>();
    errors.put("client", clientErrors.sum());
    errors.put("server", serverErrors.sum());
    members.put("errors", errors);
    return members;
  }

  /// Of entries' requests in the last minute or two: `p50`, `p90`, `p95`, `p99`.
  public Map<String, Object> latencyMillis() {
    double[] found = latency.percentiles(SHARES);
    Map<String, Object> members = new LinkedHashMap<>();
    for (int i = 0; i < SHARES.length; i++) {
      members.put("p" + Math.round(100 * SHARES[i]), Math.round(found[i] * 1000) / 1000.0);
    }
    return members;
  }

  public double requestsPerSecond() {
    Totals then = oldest();
    return (requests.sum() - then.requests())
        / Math.max(1, (System.nanoTime() - then.nanoTime()) / 1e9);
  }

  // ---- Prometheus

  /// The names that DistroCache's text prints, in Prometheus' text format.
  ///
  /// @param cache the one that its clients see
  public String distrocache(CacheStatistics cache) {
    var text = new StringBuilder();
    one(text, ForeignMetric.DISTROCACHE_HITS, cache.hits() + cache.staleHits());
    one(text, ForeignMetric.DISTROCACHE_MISSES, cache.misses());
    one(text, ForeignMetric.DISTROCACHE_SETS, cache.writes());
    one(text, ForeignMetric.DISTROCACHE_DELETES, cache.removals());
    one(
        text,
        ForeignMetric.DISTROCACHE_EVICTIONS,
        cache.evictionsForBytes() + cache.evictionsForEntries());
    one(text, ForeignMetric.DISTROCACHE_ITEMS, cache.entries());
    histogram(text, ForeignMetric.DISTROCACHE_ACCESS_DURATION);
    return text.toString();
  }

  /// The names that the Distributed Caching and Cache Invalidation System's text prints.
  public String distributedCaching() {
    Totals now = totals();
    Totals then = oldest();
    long hits = now.hits() - then.hits();
    long reads = hits + now.misses() - then.misses();
    var text = new StringBuilder();
    one(text, ForeignMetric.CACHE_HITS, now.hits());
    one(text, ForeignMetric.CACHE_MISSES, now.misses());
    histogram(text, ForeignMetric.CACHE_LATENCY);
    one(text, ForeignMetric.CACHE_SIZE_BYTES, now.weightBytes());
    one(text, ForeignMetric.INVALIDATIONS, now.invalidations());
    one(text, ForeignMetric.EVICTIONS, now.evictions());
    one(text, ForeignMetric.WARMING_JOBS, warmingJobs.getAsLong());
    head(text, ForeignMetric.ERRORS);
    line(text, ForeignMetric.ERRORS, "{type=\"client\"}", clientErrors.sum());
    line(text, ForeignMetric.ERRORS, "{type=\"server\"}", serverErrors.sum());
    one(text, ForeignMetric.CACHE_MISS_RATE, reads == 0 ? 0 : (double) (reads - hits) / reads);
    return text.toString();
  }

  private static void head(StringBuilder text, ForeignMetric metric) {
    text.append("# HELP ").append(metric.exposedName()).append(' ').append(metric.help());
    text.append("\n# TYPE ").append(metric.exposedName()).append(' ').append(metric.kind());
    text.append('\n');
  }

  private static void line(StringBuilder text, ForeignMetric metric, String labels, Number value) {
    text.append(metric.exposedName())
        .append(labels)
        .append(' ')
        .append(value.doubleValue())
        .append('\n');
  }

  private static void one(StringBuilder text, ForeignMetric metric, Number value) {
    head(text, metric);
    line(text, metric, "", value);
  }

  private void histogram(StringBuilder text, ForeignMetric metric) {
    head(text, metric);
    long sum = 0;
    for (int i = 0; i < durations.length; i++) {
      sum += durations[i].sum();
      String bound = i < BOUNDS_SECONDS.length ? Double.toString(BOUNDS_SECONDS[i]) : "+Inf";
      line(text, metric, "_bucket{le=\"" + bound + "\"}", sum);
    }
    line(text, metric, "_sum", durationNanos.sum() / 1e9);
    line(text, metric, "_count", sum);
  }
}
