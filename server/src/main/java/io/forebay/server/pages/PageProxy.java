package io.forebay.server.pages;

import io.forebay.cache.Cache;
import io.forebay.cache.TimeSource;
import io.forebay.http.RequestHead;
import io.forebay.http.TargetUri;
import io.forebay.http.caching.ForwardReason;
import io.forebay.proxy.ExchangeMeter;
import io.forebay.proxy.ExchangeObserver;
import io.forebay.proxy.ExchangeRecord;
import io.forebay.proxy.Explanation;
import io.forebay.proxy.Proxy;
import io.forebay.proxy.PurgePort;
import io.forebay.proxy.listen.ProxyListener;
import io.forebay.proxy.origin.OriginLink;
import io.forebay.proxy.pages.Page;
import io.forebay.proxy.pages.PageStore;
import io.forebay.proxy.tls.ServerTls;
import io.forebay.server.api.Json;
import io.forebay.server.metrics.Metric;
import io.forebay.server.metrics.Metrics;
import io.forebay.server.settings.HostAndPort;
import io.forebay.server.settings.ServerSettings;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The proxy and its page cache, called `pages`.
public final class PageProxy {

  /// The name of the page cache.
  public static final String CACHE = "pages";

  private static final Logger log = LoggerFactory.getLogger(PageProxy.class);

  private final ServerSettings.Proxy settings;
  private final Cache<String, Page> pages;
  private final Duration clientsWait;
  private final Proxy proxy;
  private volatile boolean logExchanges;
  private volatile List<ServerSettings.Route> routes;

  /// @param pages called [#CACHE]; closed by [#stop]
  /// @param store over the same cache
  /// @param purges carries out `PURGE` and `BAN`
  /// @param observer hears of every exchange besides metrics and log
  /// @param tls of the listener for TLS, if there is one
  /// @param links how certain origins are connected to
  public PageProxy(
      Vertx vertx,
      ServerSettings settings,
      Cache<String, Page> pages,
      PageStore store,
      PurgePort purges,
      TimeSource time,
      Metrics metrics,
      ExchangeObserver observer,
      Optional<ServerTls> tls,
      List<OriginLink> links) {
    this.settings = settings.proxy();
    this.routes = settings.proxy().routes();
    this.pages = pages;
    this.logExchanges = settings.log().exchanges();
    this.clientsWait = ProxyMapping.longestSilence(settings.proxy());
    this.proxy =
        new Proxy(
            vertx,
            ProxyMapping.of(
                settings.proxy(), Runtime.getRuntime().availableProcessors(), tls, links),
            store,
            purges,
            time,
            new Witness(metrics, observer),
            explanation -> Json.write(view(explanation)));
    metrics.origins(proxy::poolFigures);
    metrics.gauge(Metric.PROXY_EXCHANGES, () -> proxy.figures().exchangesUnderWay());
    metrics.counter(Metric.PROXY_EXCHANGES_REFUSED, () -> proxy.figures().exchangesRefused());
    metrics.gauge(Metric.PROXY_FETCHES, () -> proxy.figures().fetchesUnderWay());
    metrics.counter(Metric.PROXY_COLLAPSED, () -> proxy.figures().collapsed());
    metrics.counter(Metric.PROXY_FOLLOWERS_REFUSED, () -> proxy.figures().followersRefused());
    metrics.counter(Metric.PROXY_REFRESHES_REFUSED, () -> proxy.figures().refreshesRefused());
    metrics.gauge(Metric.PROXY_FILL_BYTES, () -> proxy.figures().fillBytes());
    metrics.counter(Metric.PROXY_FILLS_REFUSED, () -> proxy.figures().fillsRefused());
    metrics.gauge(Metric.PROXY_UPGRADED, () -> proxy.figures().tunnels());
    metrics.counter(Metric.PROXY_UPGRADES_REFUSED, () -> proxy.figures().tunnelsRefused());
    ConnectionFigures.declare(metrics, () -> proxy.figures().connections());
    metrics.counter(Metric.PROXY_PAGES_CODED, () -> proxy.figures().pagesCoded());
    metrics.counter(Metric.PROXY_CODINGS_REFUSED, () -> proxy.figures().codingsRefused());
  }

  /// Counts and logs every exchange. What event loops deal with is only counted, unless it is to be
  /// logged.
  private final class Witness implements ExchangeObserver {

    private final Metrics metrics;
    private final ExchangeObserver other;

    Witness(Metrics metrics, ExchangeObserver other) {
      this.metrics = metrics;
      this.other = other;
    }

    @Override
    public void finished(ExchangeRecord exchange) {
      metrics.record(exchange);
      if (logExchanges) {
        write(exchange);
      }
      other.finished(exchange);
    }

    /// Asked anew for the routes that are made when settings are read again.
    @Override
    public Optional<ExchangeMeter> meter(
        String route, Optional<ForwardReason> forwarded, int status) {
      return logExchanges
          ? Optional.empty()
          : other
              .meter(route, forwarded, status)
              .map(theirs -> metrics.meter(route, forwarded, status, theirs));
    }
  }

  /// What would be done with the request now, and why, as JSON.
  public Map<String, Object> explain(RequestHead request) {
    return view(proxy.explain(request));
  }

  private Map<String, Object> view(Explanation explanation) {
    return ExplanationView.of(
        explanation,
        explanation
            .route()
            .flatMap(route ->
                proxy.poolFigures().stream()
                    .filter(pool -> pool.name().equals(route.pool().name()))
                    .findFirst()));
  }

  /// Every origin, as JSON.
  public Map<String, Object> origins() {
    Map<String, List<String>> ofPools = new HashMap<>();
    routes.forEach(route ->
        ofPools.computeIfAbsent(route.pool().name(), _ -> new ArrayList<>()).add(route.name()));
    return OriginsView.of(proxy.poolFigures(), ofPools);
  }

  /// The URLs, as they are in cache keys, under which something of this URL may be stored: what an
  /// invalidation of a URL has to name.
  public Set<String> urlsOf(TargetUri uri) {
    return proxy.urlsOf(uri);
  }

  /// Takes over what can change while it runs: routes, rules and guards, for requests that come
  /// from now on.
  public void take(ServerSettings changed) {
    logExchanges = changed.log().exchanges();
    proxy.useExplainNetworks(changed.proxy().explainNetworks());
    if (changed.proxy().isOn()) {
      proxy.useRoutes(
          ProxyMapping.routes(changed.proxy()), RuleMapping.guards(changed.proxy().guards()));
      routes = changed.proxy().routes();
    }
  }

  /// Whether the listener lets clients wait for as long as these settings let origins take.
  public boolean clientsWaitFor(ServerSettings changed) {
    return ProxyMapping.longestSilence(changed.proxy()).compareTo(clientsWait) <= 0;
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
