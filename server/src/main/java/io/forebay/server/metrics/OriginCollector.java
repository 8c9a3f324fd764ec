package io.forebay.server.metrics;

import io.forebay.proxy.origin.OriginFigures;
import io.forebay.proxy.origin.OriginFigures.State;
import io.forebay.proxy.origin.PoolFigures;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/// Reads every pool of origins once per scrape, so that origins may come and go.
final class OriginCollector implements MultiCollector {

  private final Supplier<List<PoolFigures>> pools;

  OriginCollector(Supplier<List<PoolFigures>> pools) {
    this.pools = pools;
  }

  @Override
  public MetricSnapshots collect() {
    List<PoolFigures> now = pools.get();
    List<MetricSnapshot> all = new ArrayList<>();
    all.add(poolGauge(Metric.POOL_WAITING, now, PoolFigures::waiting));
    all.add(refused(now));
    all.add(poolCounter(Metric.POOL_SPARED, now, PoolFigures::spared));
    all.add(poolCounter(Metric.POOL_RETRIES, now, PoolFigures::retries));
    all.add(poolCounter(Metric.POOL_RETRIES_REFUSED, now, PoolFigures::retriesRefused));
    all.add(poolCounter(Metric.POOL_LOOKUPS_FAILED, now, PoolFigures::failedLookups));
    all.add(gauge(Metric.ORIGIN_UP, now, origin -> origin.standing().state() == State.UP ? 1 : 0));
    all.add(gauge(Metric.ORIGIN_UNDER_WAY, now, OriginFigures::underWay));
    all.add(gauge(Metric.ORIGIN_CONNECTIONS, now, OriginFigures::connections));
    all.add(counter(Metric.ORIGIN_REQUESTS, now, OriginFigures::requests));
    all.add(failures(now));
    all.add(counter(Metric.ORIGIN_TIMES_DOWN, now, OriginFigures::timesDown));
    all.add(checks(now));
    return new MetricSnapshots(all);
  }

  private static GaugeSnapshot poolGauge(
      Metric metric, List<PoolFigures> pools, ToDoubleFunction<PoolFigures> figure) {
    var snapshot = GaugeSnapshot.builder().name(metric.baseName()).help(metric.help());
    for (PoolFigures pool : pools) {
      snapshot.dataPoint(gaugePoint(Labels.of("pool", pool.name()), figure.applyAsDouble(pool)));
    }
    return snapshot.build();
  }

  private static CounterSnapshot poolCounter(
      Metric metric, List<PoolFigures> pools, ToLongFunction<PoolFigures> figure) {
    var snapshot = counterBuilder(metric);
    for (PoolFigures pool : pools) {
      snapshot.dataPoint(point(Labels.of("pool", pool.name()), figure.applyAsLong(pool)));
    }
    return snapshot.build();
  }

  private static CounterSnapshot refused(List<PoolFigures> pools) {
    var snapshot = counterBuilder(Metric.POOL_REFUSED);
    for (PoolFigures pool : pools) {
      snapshot.dataPoint(
          point(Labels.of("pool", pool.name(), "reason", "full"), pool.refusedFull()));
      snapshot.dataPoint(
          point(Labels.of("pool", pool.name(), "reason", "late"), pool.refusedLate()));
    }
    return snapshot.build();
  }

  private static GaugeSnapshot gauge(
      Metric metric, List<PoolFigures> pools, ToDoubleFunction<OriginFigures> figure) {
    var snapshot = GaugeSnapshot.builder().name(metric.baseName()).help(metric.help());
    for (PoolFigures pool : pools) {
      for (OriginFigures origin : pool.origins()) {
        snapshot.dataPoint(gaugePoint(labels(pool, origin), figure.applyAsDouble(origin)));
      }
    }
    return snapshot.build();
  }

  private static CounterSnapshot counter(
      Metric metric, List<PoolFigures> pools, ToLongFunction<OriginFigures> figure) {
    var snapshot = counterBuilder(metric);
    for (PoolFigures pool : pools) {
      for (OriginFigures origin : pool.origins()) {
        snapshot.dataPoint(point(labels(pool, origin), figure.applyAsLong(origin)));
      }
    }
    return snapshot.build();
  }

  private static CounterSnapshot failures(List<PoolFigures> pools) {
    var snapshot = counterBuilder(Metric.ORIGIN_FAILURES);
    for (PoolFigures pool : pools) {
      for (OriginFigures origin : pool.origins()) {
        origin
            .failures()
            .forEach((kind, count) ->
                snapshot.dataPoint(point(labels(pool, origin).add("kind", kind), count)));
      }
    }
    return snapshot.build();
  }

  private static CounterSnapshot checks(List<PoolFigures> pools) {
    var snapshot = counterBuilder(Metric.ORIGIN_CHECKS);
    for (PoolFigures pool : pools) {
      for (OriginFigures origin : pool.origins()) {
        Labels labels = labels(pool, origin);
        snapshot.dataPoint(point(labels.add("result", "good"), origin.goodChecks()));
        snapshot.dataPoint(point(labels.add("result", "bad"), origin.badChecks()));
      }
    }
    return snapshot.build();
  }

  private static Labels labels(PoolFigures pool, OriginFigures origin) {
    return Labels.of("pool", pool.name(), "origin", origin.listed().origin().toString());
  }

  private static CounterSnapshot.Builder counterBuilder(Metric metric) {
    return CounterSnapshot.builder().name(metric.baseName()).help(metric.help());
  }

  private static CounterDataPointSnapshot point(Labels labels, long count) {
    return CounterDataPointSnapshot.builder().labels(labels).value((double) count).build();
  }

  private static GaugeDataPointSnapshot gaugePoint(Labels labels, double value) {
    return GaugeDataPointSnapshot.builder().labels(labels).value(value).build();
  }
}
