package io.forebay.proxy;

import io.forebay.cache.Cache;
import io.forebay.cache.TimeSource;
import io.forebay.http.RequestHead;
import io.forebay.proxy.body.FillBudget;
import io.forebay.proxy.fetch.Fetch;
import io.forebay.proxy.fetch.Flights;
import io.forebay.proxy.fetch.RecentFetches;
import io.forebay.proxy.listen.ProxyListener;
import io.forebay.proxy.origin.OriginClient;
import io.forebay.proxy.pages.Page;
import io.forebay.proxy.pages.PageStore;
import io.forebay.proxy.route.Routes;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Function;

/// The HTTP caching proxy, assembled: listener, routes, page store, fetches.
public final class Proxy implements AutoCloseable {

  private final OriginClient origins;
  private final FillBudget budget;
  private final Flights flights;
  private final OriginAnswers originAnswers;
  private final Explainer explainer;
  private final ProxyListener listener;

  /// @param pages where responses are stored; closed by whoever made it
  /// @param observer hears of every finished exchange
  /// @param asJson writes an explanation for a client that asked for it by a field
  public Proxy(
      Vertx vertx,
      ProxySettings settings,
      Cache<String, Page> pages,
      TimeSource time,
      ExchangeObserver observer,
      Function<Explanation, byte[]> asJson) {
    this(vertx, settings, new PageStore(pages, time), time, observer, asJson);
  }

  /// @param store where responses are stored; its cache is closed by whoever made it
  public Proxy(
      Vertx vertx,
      ProxySettings settings,
      PageStore store,
      TimeSource time,
      ExchangeObserver observer,
      Function<Explanation, byte[]> asJson) {
    origins =
        new OriginClient(
            vertx, settings.maxOriginConnections(), settings.maxOriginHeaderBytes(), time::now);
    budget = new FillBudget(settings.maxFillBytes());
    flights = new Flights(store);
    RecentFetches recent = new RecentFetches();
    Fetch fetch = new Fetch(origins, store, budget, recent, time);
    ForwardedRequest forwarding = new ForwardedRequest();
    originAnswers = new OriginAnswers(store, flights, fetch, forwarding, settings.maxRefreshes());
    Planner planner = new Planner(new Routes(settings.routes()), forwarding);
    explainer = new Explainer(planner, store, flights, originAnswers, recent, time);
    ExchangeHandler handler =
        new ExchangeHandler(
            planner,
            store,
            originAnswers,
            new ExplainAnswers(explainer, settings.explainNetworks(), asJson),
            observer,
            time);
    listener = new ProxyListener(vertx, settings.listen(), handler::answer);
  }

  /// Binds and serves.
  ///
  /// @return the port
  /// @throws IOException if the address cannot be bound
  public int start() throws IOException {
    return listener.start();
  }

  /// Stops accepting and lets what is under way finish.
  ///
  /// @return how many exchanges were cut off after `grace`
  public int stop(Duration grace) throws IOException {
    int cutOff = listener.stop(grace);
    origins.close();
    return cutOff;
  }

  @Override
  public void close() throws IOException {
    stop(Duration.ZERO);
  }

  /// Says what would be done with a request now, and why; see [Explainer].
  public Explanation explain(RequestHead request) {
    return explainer.explain(request, "1.1", false);
  }

  /// A moment's figures.
  public ProxyFigures figures() {
    return new ProxyFigures(
        listener.exchangesUnderWay(),
        listener.exchangesRefused(),
        flights.underWay(),
        flights.collapsed(),
        originAnswers.refreshesRefused(),
        budget.heldBytes(),
        budget.refusals());
  }
}
