package io.forebay.server.metrics;

import io.forebay.cache.Cache;
import io.forebay.http.caching.CacheStatus;
import io.forebay.http.caching.ForwardReason;
import io.forebay.proxy.ExchangeMeter;
import io.forebay.proxy.origin.PoolFigures;
import io.forebay.server.VersionInfo;
import io.forebay.server.api.ExchangeRecord;
import io.forebay.server.tiers.TierFigures;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// The figures of this process. Thread-safe.
public final class Metrics implements AutoCloseable {

  private static final String HIT = "hit";
  private static final double[] BUCKETS_SECONDS = {0.001, 0.005, 0.025, 0.1, 0.5, 2.5};

  private final PrometheusRegistry exposition = new PrometheusRegistry();
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT, exposition, Clock.SYSTEM);

  /// Micrometer holds what a counter reads weakly: without this it would stand still after the
  /// garbage collector has run.
  private final List<Supplier<Number>> figures = new CopyOnWriteArrayList<>();

  private final List<Supplier<String>> further = new CopyOnWriteArrayList<>();

  private final JvmGcMetrics garbageCollection = new JvmGcMetrics();

  /// Its labels are bounded by methods × routes × statuses, all of which are ours.
  private final Histogram apiRequests =
      Histogram.builder()
          .name(Metric.API_REQUEST_DURATION.exposedName())
          .help(Metric.API_REQUEST_DURATION.help())
          .labelNames(Metric.API_REQUEST_DURATION.labels().toArray(String[]::new))
          .classicOnly()
          .withoutExemplars()
          .classicUpperBounds(BUCKETS_SECONDS)
          .register(exposition);

  /// Its labels are bounded by routes × results × classes of status.
  private final Histogram proxyRequests =
      Histogram.builder()
          .name(Metric.PROXY_REQUEST_DURATION.exposedName())
          .help(Metric.PROXY_REQUEST_DURATION.help())
          .labelNames(Metric.PROXY_REQUEST_DURATION.labels().toArray(String[]::new))
          .classicOnly()
          .withoutExemplars()
          .classicUpperBounds(BUCKETS_SECONDS)
          .register(exposition);

  private final Counter proxyBodyBytes = labelled(Metric.PROXY_BODY_BYTES);
  private final Counter proxyOriginErrors = labelled(Metric.PROXY_ORIGIN_ERRORS);

  private Counter labelled(Metric metric) {
    return Counter.builder()
        .name(metric.exposedName())
        .help(metric.help())
        .labelNames(metric.labels().toArray(String[]::new))
        .withoutExemplars()
        .register(exposition);
  }

  public Metrics(VersionInfo version) {
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    new FileDescriptorMetrics().bindTo(registry);
    garbageCollection.bindTo(registry);
    Info.builder()
        .name(Metric.BUILD_INFO.exposedName())
        .help(Metric.BUILD_INFO.help())
        .labelNames(Metric.BUILD_INFO.labels().toArray(String[]::new))
        .register(exposition)
        .addLabelValues(version.version(), version.commit());
  }

  /// A figure that is read at each scrape.
  public void gauge(Metric metric, Supplier<Number> figure) {
    Gauge.builder(metric.baseName(), figure).description(metric.help()).register(registry);
  }

  /// A figure that only grows, read at each scrape.
  public void counter(Metric metric, Supplier<Number> figure) {
    figures.add(figure);
    FunctionCounter.builder(metric.baseName(), figure, supplier -> supplier.get().doubleValue())
        .description(metric.help())
        .register(registry);
  }

  /// The same for one value of the metric's only label.
  public void counter(Metric metric, String label, Supplier<Number> figure) {
    figures.add(figure);
    FunctionCounter.builder(metric.baseName(), figure, supplier -> supplier.get().doubleValue())
        .description(metric.help())
        .tag(metric.labels().getFirst(), label)
        .register(registry);
  }

  /// The figures of every cache there is at the time of a scrape.
  public void caches(Supplier<List<Cache<?, ?>>> caches) {
    exposition.register(new CacheCollector(caches));
  }

  /// The figures of every pool of origins there is at the time of a scrape.
  public void origins(Supplier<List<PoolFigures>> pools) {
    exposition.register(new OriginCollector(pools));
  }

  /// The figures of every tier.
  public void tiers(Supplier<List<TierFigures>> tiers) {
    exposition.register(new TierCollector(tiers));
  }

  /// Counts and times one API exchange.
  public void record(ExchangeRecord exchange) {
    apiRequests
        .labelValues(
            knownMethod(exchange.method()), exchange.route(), Integer.toString(exchange.status()))
        .observe(exchange.duration().toNanos() / 1e9);
  }

  /// Counts and times one exchange of the proxy.
  public void record(io.forebay.proxy.ExchangeRecord exchange) {
    proxyRequests
        .labelValues(exchange.route(), result(exchange), exchange.status() / 100 + "xx")
        .observe(exchange.duration().toNanos() / 1e9);
    proxyBodyBytes.labelValues(exchange.route()).inc(exchange.bodyBytes());
    exchange
        .error()
        .ifPresent(error -> proxyOriginErrors.labelValues(exchange.route(), error.token()).inc());
  }

  /// Counts and times exchanges of one kind, as [#record] would.
  ///
  /// @param forwarded why they were passed through; empty for fresh hits
  /// @param further is told of each too
  public ExchangeMeter meter(
      String route, Optional<ForwardReason> forwarded, int status, ExchangeMeter further) {
    String result = forwarded.map(ForwardReason::token).orElse(HIT);
    var requests = proxyRequests.labelValues(route, result, status / 100 + "xx");
    var bytes = proxyBodyBytes.labelValues(route);
    return (nanos, bodyBytes) -> {
      requests.observe(nanos / 1e9);
      bytes.inc(bodyBytes);
      further.count(nanos, bodyBytes);
    };
  }

  private static String result(io.forebay.proxy.ExchangeRecord exchange) {
    if (exchange.cacheStatus().isEmpty()) {
      return "none";
    }
    CacheStatus status = exchange.cacheStatus().get();
    if (status.forward().isPresent()) {
      return status.forward().get().token();
    }
    return status.ttl().filter(Duration::isNegative).isPresent() ? "stale" : HIT;
  }

  /// A method is the client's word: only the usual ones become label values.
  private static String knownMethod(String method) {
    return switch (method) {
      case "GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS", "PATCH" -> method;
      default -> "other";
    };
  }

  /// Lines in Prometheus' text format, beside Forebay's own: its libraries would refuse names that
  /// other systems' texts print.
  public void lines(Supplier<String> text) {
    further.add(text);
  }

  /// Prometheus' text format, version 0.0.4.
  public String scrape() {
    return registry.scrape() + further.stream().map(Supplier::get).collect(Collectors.joining());
  }

  @Override
  public void close() {
    garbageCollection.close();
    registry.close();
  }
}
