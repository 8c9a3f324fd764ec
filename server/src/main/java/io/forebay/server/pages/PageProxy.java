package io.forebay.server.pages;

import io.forebay.cache.Cache;
import io.forebay.cache.TimeSource;
import io.forebay.http.RequestHead;
import io.forebay.proxy.ExchangeObserver;
import io.forebay.proxy.ExchangeRecord;
import io.forebay.proxy.Explanation;
import io.forebay.proxy.Proxy;
import io.forebay.proxy.listen.ProxyListener;
import io.forebay.proxy.origin.OriginLink;
import io.forebay.proxy.pages.Page;
import io.forebay.proxy.tls.ServerTls;
import io.forebay.server.api.Json;
import io.forebay.server.metrics.Metric;
import io.forebay.server.metrics.Metrics;
import io.forebay.server.settings.HostAndPort;
import io.forebay.server.settings.ServerSettings;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
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
  /// @param observer hears of every exchange besides metrics and log
  /// @param tls of the listener for TLS, if there is one
  /// @param links how certain origins are connected to
  public PageProxy(
      Vertx vertx,
      ServerSettings settings,
      Cache<String, Page> pages,
      TimeSource time,
      Metrics metrics,
      ExchangeObserver observer,
      Optional<ServerTls> tls,
      List<OriginLink> links) {
    this.settings = settings.proxy();
    this.pages = pages;
    boolean logExchanges = settings.log().exchanges();
    this.proxy =
        new Proxy(
            vertx,
            ProxyMapping.of(
                settings.proxy(), Runtime.getRuntime().availableProcessors(), tls, links),
            pages,
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
    metrics.gauge(Metric.PROXY_UPGRADED, () -> proxy.figures().tunnels());
    metrics.counter(Metric.PROXY_UPGRADES_REFUSED, () -> proxy.figures().tunnelsRefused());
    ConnectionFigures.declare(metrics, () -> proxy.figures().connections());
  }

  /// What would be done with the request now, and why.
  public Explanation explain(RequestHead request) {
    return proxy.explain(request);
  }

  /// Uses a link's certificates for new connections to its origin.
  public void renew(OriginLink link) {
    proxy.renew(link);
  }

  public Cache<String, Page> pages() {
    return pages;
  }

  /// Binds.
  ///
  /// @return the addresses, with the ports that the system chose for port 0
  /// @throws IOException if one cannot be had
  public Addresses start() throws IOException {
    ProxyListener.Ports ports = proxy.start();
    return new Addresses(
        new HostAndPort(settings.listen().host(), ports.plain()),
        settings
            .connections()
            .tls()
            .listen()
            .flatMap(at -> ports.tls().map(port -> new HostAndPort(at.host(), port))));
  }

  /// Where the proxy takes requests.
  ///
  /// @param tls empty if it takes no encrypted ones
  public record Addresses(HostAndPort plain, Optional<HostAndPort> tls) {}

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
