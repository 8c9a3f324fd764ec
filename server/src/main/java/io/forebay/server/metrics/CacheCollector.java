package io.forebay.server.metrics;

import io.forebay.cache.Cache;
import io.forebay.cache.CacheStatistics;
import io.forebay.cache.Position;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/// Reads every cache once per scrape, so that caches may come and go.
final class CacheCollector implements MultiCollector {

  private final Supplier<List<Cache<?, ?>>> caches;

  CacheCollector(Supplier<List<Cache<?, ?>>> caches) {
    this.caches = caches;
  }

  @Override
  public MetricSnapshots collect() {
    Map<String, CacheStatistics> figures = new LinkedHashMap<>();
    Map<String, Double> maxBytes = new LinkedHashMap<>();
    for (Cache<?, ?> cache : caches.get()) {
      figures.put(cache.name(), cache.statistics());
      maxBytes.put(cache.name(), (double) cache.bounds().maxBytes());
    }
    if (figures.isEmpty()) {
      return MetricSnapshots.of();
    }
    var max = gaugeBuilder(Metric.CACHE_MAX_BYTES);
    maxBytes.forEach((name, bytes) -> max.dataPoint(point(Labels.of("cache", name), bytes)));
    return MetricSnapshots.of(
        gauge(Metric.CACHE_ENTRIES, figures, CacheStatistics::entries),
        gauge(Metric.CACHE_WEIGHT_BYTES, figures, CacheStatistics::weightBytes),
        max.build(),
        counter(
            Metric.CACHE_READS,
            figures,
            Map.of(
                "hit", CacheStatistics::hits,
                "stale_hit", CacheStatistics::staleHits,
                "miss_absent", CacheStatistics::missesAbsent,
                "miss_expired", CacheStatistics::missesExpired,
                "miss_invalidated", CacheStatistics::missesInvalidated)),
        counter(Metric.CACHE_WRITES, figures, Map.of("", CacheStatistics::writes)),
        counter(Metric.CACHE_WRITES_REFUSED, figures, Map.of("", CacheStatistics::writesRefused)),
        counter(Metric.CACHE_REMOVALS, figures, Map.of("", CacheStatistics::removals)),
        counter(
            Metric.CACHE_EVICTIONS,
            figures,
            Map.of(
                "bytes", CacheStatistics::evictionsForBytes,
                "entries", CacheStatistics::evictionsForEntries)),
        counter(
            Metric.CACHE_EXPIRATIONS,
            figures,
            Map.of(
                "on_access", CacheStatistics::expirationsOnAccess,
                "in_background", CacheStatistics::expirationsInBackground)),
        counter(Metric.CACHE_INVALIDATIONS, figures, Map.of("", CacheStatistics::invalidations)),
        counter(Metric.CACHE_SWEPT, figures, Map.of("", CacheStatistics::sweptAfterInvalidation)),
        gauge(Metric.CACHE_BARRIERS, figures, CacheStatistics::barriers),
        gauge(
            Metric.CACHE_BARRIER_FLOOR,
            figures,
            statistics -> statistics.barrierFloor().map(Position::n).orElse(0L)),
        counter(
            Metric.CACHE_BARRIER_OVERFLOWS, figures, Map.of("", CacheStatistics::barrierOverflows)),
        counter(
            Metric.CACHE_NOTIFICATIONS_DROPPED,
            figures,
            Map.of("", CacheStatistics::notificationsDropped)));
  }

  private static GaugeSnapshot gauge(
      Metric metric,
      Map<String, CacheStatistics> figures,
      ToDoubleFunction<CacheStatistics> figure) {
    var snapshot = gaugeBuilder(metric);
    figures.forEach((name, statistics) ->
        snapshot.dataPoint(point(Labels.of("cache", name), figure.applyAsDouble(statistics))));
    return snapshot.build();
  }

  private static GaugeSnapshot.Builder gaugeBuilder(Metric metric) {
    return GaugeSnapshot.builder().name(metric.baseName()).help(metric.help());
  }

  private static GaugeSnapshot.GaugeDataPointSnapshot point(Labels labels, double value) {
    return GaugeSnapshot.GaugeDataPointSnapshot.builder().labels(labels).value(value).build();
  }

  /// @param byLabel value of the metric's second label → figure; one under "" if it has none
  private static CounterSnapshot counter(
      Metric metric,
      Map<String, CacheStatistics> figures,
      Map<String, ToDoubleFunction<CacheStatistics>> byLabel) {
    var snapshot = CounterSnapshot.builder().name(metric.baseName()).help(metric.help());
    figures.forEach((name, statistics) ->
        byLabel.forEach((label, figure) ->
            snapshot.dataPoint(
                CounterSnapshot.CounterDataPointSnapshot.builder()
                    .labels(
                        label.isEmpty()
                            ? Labels.of("cache", name)
                            : Labels.of("cache", name, metric.labels().get(1), label))
                    .value(figure.applyAsDouble(statistics))
                    .build())));
    return snapshot.build();
  }
}
