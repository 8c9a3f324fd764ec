package io.forebay.server.pages;

import io.forebay.cache.Cache;
import io.forebay.cache.TimeSource;
import io.forebay.http.RequestHead;
import io.forebay.proxy.ExchangeObserver;
import io.forebay.proxy.ExchangeRecord;
import io.forebay.proxy.Explanation;
import io.forebay.proxy.Proxy;
import io.forebay.proxy.pages.Page;
import io.forebay.proxy.pages.PageStore;
import io.forebay.server.api.Json;
import io.forebay.server.metrics.Metric;
import io.forebay.server.metrics.Metrics;
import io.forebay.server.settings.HostAndPort;
import io.forebay.server.settings.ServerSettings;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The proxy and its page cache, called `pages`.
public final class PageProxy {

  /// The name of the page cache.
  public static final String CACHE = "pages";

  private static final Logger log = LoggerFactory.getLogger(PageProxy.class);

  private final ServerSettings.Proxy settings;
  private final Cache<String, Page> pages;
  private final Proxy proxy;

  /// @param pages called [#CACHE]; closed by [#stop]
  /// @param store over the same cache
  /// @param observer hears of every exchange besides metrics and log
  public PageProxy(
      Vertx vertx,
      ServerSettings settings,
      Cache<String, Page> pages,
      PageStore store,
      TimeSource time,
      Metrics metrics,
      ExchangeObserver observer) {
    this.settings = settings.proxy();
    this.pages = pages;
    boolean logExchanges = settings.log().exchanges();
    this.proxy =
        new Proxy(
            vertx,
            ProxyMapping.of(settings.proxy(), Runtime.getRuntime().availableProcessors()),
            store,
            time,
            exchange -> {
              metrics.record(exchange);
              if (logExchanges) {
                write(exchange);
              }
              observer.finished(exchange);
            },
            explanation -> Json.write(ExplanationView.of(explanation)));
    metrics.gauge(Metric.PROXY_EXCHANGES, () -> proxy.figures().exchangesUnderWay());
    metrics.counter(Metric.PROXY_EXCHANGES_REFUSED, () -> proxy.figures().exchangesRefused());
    metrics.gauge(Metric.PROXY_FETCHES, () -> proxy.figures().fetchesUnderWay());
    metrics.counter(Metric.PROXY_COLLAPSED, () -> proxy.figures().collapsed());
    metrics.counter(Metric.PROXY_REFRESHES_REFUSED, () -> proxy.figures().refreshesRefused());
    metrics.gauge(Metric.PROXY_FILL_BYTES, () -> proxy.figures().fillBytes());
    metrics.counter(Metric.PROXY_FILLS_REFUSED, () -> proxy.figures().fillsRefused());
  }

  /// What would be done with the request now, and why.
  public Explanation explain(RequestHead request) {
    return proxy.explain(request);
  }

  public Cache<String, Page> pages() {
    return pages;
  }

  /// Binds.
  ///
  /// @return the address, with the port that the system chose for port 0
  /// @throws IOException if it cannot be had
  public HostAndPort start() throws IOException {
    return new HostAndPort(settings.listen().host(), proxy.start());
  }

  /// Finishes what is under way, and lets go of the pages.
  public void stop(Duration grace) {
    try {
      int cutOff = proxy.stop(grace);
      if (cutOff > 0) {
        log.atWarn().addKeyValue("exchanges", cutOff).log("cut off at the end of the grace");
      }
    } catch (IOException e) {
      log.atWarn().setCause(e).log("the proxy's listener did not end in time");
    }
    pages.close();
  }

  private static void write(ExchangeRecord exchange) {
    var event =
        log.atInfo()
            .addKeyValue("method", exchange.method())
            .addKeyValue("host", exchange.authority())
            .addKeyValue("path", exchange.target())
            .addKeyValue("status", exchange.status())
            .addKeyValue("duration_us", exchange.duration().toNanos() / 1000)
            .addKeyValue("response_bytes", exchange.bodyBytes())
            .addKeyValue("route", exchange.route())
            .addKeyValue("peer", exchange.peer());
    if (exchange.cacheStatus().isPresent()) {
      event = event.addKeyValue("cache_status", exchange.cacheStatus().get().fieldValue());
    }
    if (!exchange.reason().isEmpty()) {
      event = event.addKeyValue("reason", exchange.reason());
    }
    if (exchange.error().isPresent()) {
      event = event.addKeyValue("error", exchange.error().get().token());
    }
    if (exchange.cutOff()) {
      event = event.addKeyValue("cut_off", true);
    }
    event.log("exchange");
  }
}
