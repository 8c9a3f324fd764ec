package io.forebay.server.metrics;

import io.forebay.cache.tier.TierCondition;
import io.forebay.cache.tier.TierStatistics;
import io.forebay.server.tiers.TierCallFigures;
import io.forebay.server.tiers.TierFigures;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/// Reads every tier once per scrape.
final class TierCollector implements MultiCollector {

  private final Supplier<List<TierFigures>> tiers;

  TierCollector(Supplier<List<TierFigures>> tiers) {
    this.tiers = tiers;
  }

  @Override
  public MetricSnapshots collect() {
    List<TierFigures> now = tiers.get();
    List<MetricSnapshot> all = new ArrayList<>();
    all.add(
        gauge(
            Metric.TIER_CONNECTED,
            now,
            tier -> OptionalDouble.of(tier.condition().connected() ? 1 : 0)));
    all.add(gauge(Metric.TIER_BREAKER_OPEN, now, tier -> OptionalDouble.of(breaker(tier))));
    all.add(
        gauge(
            Metric.TIER_CALLS_UNDER_WAY,
            now,
            tier -> OptionalDouble.of((double) tier.condition().underWay())));
    all.add(gauge(Metric.TIER_BYTES, now, tier -> wide(tier.condition().bytes())));
    all.add(gauge(Metric.TIER_VALUES, now, tier -> wide(tier.condition().values())));
    all.add(
        gauge(
            Metric.TIER_BACKLOG_WRITES,
            now,
            tier -> backlog(tier, waiting -> (double) waiting.writes())));
    all.add(
        gauge(
            Metric.TIER_BACKLOG_BYTES,
            now,
            tier -> backlog(tier, waiting -> (double) waiting.bytes())));
    all.add(
        gauge(
            Metric.TIER_BACKLOG_SECONDS,
            now,
            tier -> backlog(tier, waiting -> waiting.oldest().toNanos() / 1e9)));
    all.add(events(now));
    all.add(durations(now));
    all.add(failures(now));
    all.add(reads(now));
    all.add(failedWrites(now));
    return new MetricSnapshots(all);
  }

  private static double breaker(TierFigures tier) {
    return switch (tier.condition().breaker()) {
      case TierCondition.Breaker.CLOSED -> 0;
      case TierCondition.Breaker.HALF_OPEN -> 0.5;
      case TierCondition.Breaker.OPEN -> 1;
    };
  }

  private static OptionalDouble backlog(
      TierFigures tier, ToDoubleFunction<TierCondition.Backlog> figure) {
    return tier.condition().backlog().stream().mapToDouble(figure).findFirst();
  }

  private static OptionalDouble wide(OptionalLong figure) {
    return figure.isPresent()
        ? OptionalDouble.of((double) figure.getAsLong())
        : OptionalDouble.empty();
  }

  private static GaugeSnapshot gauge(
      Metric metric, List<TierFigures> tiers, Function<TierFigures, OptionalDouble> figure) {
    var snapshot = GaugeSnapshot.builder().name(metric.baseName()).help(metric.help());
    for (TierFigures tier : tiers) {
      figure
          .apply(tier)
          .ifPresent(value ->
              snapshot.dataPoint(
                  GaugeDataPointSnapshot.builder()
                      .labels(Labels.of("tier", tier.name()))
                      .value(value)
                      .build()));
    }
    return snapshot.build();
  }

  private static CounterSnapshot events(List<TierFigures> tiers) {
    var snapshot = counter(Metric.TIER_EVENTS);
    for (TierFigures tier : tiers) {
      tier.condition()
          .events()
          .forEach((event, count) ->
              snapshot.dataPoint(point(Labels.of("tier", tier.name(), "event", event), count)));
    }
    return snapshot.build();
  }

  private static HistogramSnapshot durations(List<TierFigures> tiers) {
    var snapshot =
        HistogramSnapshot.builder()
            .name(Metric.TIER_CALL_DURATION.baseName())
            .help(Metric.TIER_CALL_DURATION.help());
    for (TierFigures tier : tiers) {
      tier.calls()
          .forEach((operation, calls) ->
              snapshot.dataPoint(
                  HistogramSnapshot.HistogramDataPointSnapshot.builder()
                      .classicHistogramBuckets(buckets(calls))
                      .sum(calls.seconds())
                      .labels(Labels.of("tier", tier.name(), "operation", text(operation)))
                      .build()));
    }
    return snapshot.build();
  }

  private static ClassicHistogramBuckets buckets(TierCallFigures calls) {
    var buckets = ClassicHistogramBuckets.builder();
    for (int i = 0; i < TierCallFigures.BUCKETS.size(); i++) {
      buckets.bucket(TierCallFigures.BUCKETS.get(i), calls.counts()[i]);
    }
    return buckets
        .bucket(Double.POSITIVE_INFINITY, calls.counts()[TierCallFigures.BUCKETS.size()])
        .build();
  }

  private static CounterSnapshot failures(List<TierFigures> tiers) {
    var snapshot = counter(Metric.TIER_CALLS_FAILED);
    for (TierFigures tier : tiers) {
      tier.calls()
          .forEach((operation, calls) -> {
            Labels labels = Labels.of("tier", tier.name(), "operation", text(operation));
            calls
                .failed()
                .forEach((kind, count) ->
                    snapshot.dataPoint(point(labels.add("kind", text(kind)), count)));
          });
    }
    return snapshot.build();
  }

  private static CounterSnapshot reads(List<TierFigures> tiers) {
    var snapshot = counter(Metric.TIER_READS);
    for (TierFigures tier : tiers) {
      tier.caches()
          .forEach((cache, statistics) -> {
            Labels labels = Labels.of("tier", tier.name(), "cache", cache);
            results(statistics)
                .forEach((result, count) ->
                    snapshot.dataPoint(point(labels.add("result", result), count)));
          });
    }
    return snapshot.build();
  }

  private static Map<String, Long> results(TierStatistics cache) {
    return Map.of(
        "hit", cache.hits(),
        "miss", cache.misses(),
        "distrusted", cache.distrusted(),
        "unreadable", cache.unreadable(),
        "failed", cache.readsFailed());
  }

  private static CounterSnapshot failedWrites(List<TierFigures> tiers) {
    var snapshot = counter(Metric.TIER_WRITES_FAILED);
    for (TierFigures tier : tiers) {
      tier.caches()
          .forEach((cache, statistics) ->
              snapshot.dataPoint(
                  point(
                      Labels.of("tier", tier.name(), "cache", cache), statistics.writesFailed())));
    }
    return snapshot.build();
  }

  private static CounterSnapshot.Builder counter(Metric metric) {
    return CounterSnapshot.builder().name(metric.baseName()).help(metric.help());
  }

  private static CounterDataPointSnapshot point(Labels labels, long count) {
    return CounterDataPointSnapshot.builder().labels(labels).value((double) count).build();
  }

  private static String text(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
