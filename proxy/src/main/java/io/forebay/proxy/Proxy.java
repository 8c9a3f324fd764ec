package io.forebay.proxy;

import io.forebay.cache.Cache;
import io.forebay.cache.TimeSource;
import io.forebay.proxy.body.FillBudget;
import io.forebay.proxy.fetch.Fetch;
import io.forebay.proxy.fetch.Flights;
import io.forebay.proxy.listen.ProxyListener;
import io.forebay.proxy.origin.OriginClient;
import io.forebay.proxy.pages.Page;
import io.forebay.proxy.pages.PageStore;
import io.forebay.proxy.route.Routes;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.Duration;

/// The HTTP caching proxy, assembled: listener, routes, page store, fetches.
public final class Proxy implements AutoCloseable {

  private final OriginClient origins;
  private final FillBudget budget;
  private final Flights flights;
  private final OriginAnswers originAnswers;
  private final ProxyListener listener;

  /// @param pages where responses are stored; closed by whoever made it
  /// @param observer hears of every finished exchange
  public Proxy(
      Vertx vertx,
      ProxySettings settings,
      Cache<String, Page> pages,
      TimeSource time,
      ExchangeObserver observer) {
    PageStore store = new PageStore(pages, time);
    origins =
        new OriginClient(
            vertx, settings.maxOriginConnections(), settings.maxOriginHeaderBytes(), time::now);
    budget = new FillBudget(settings.maxFillBytes());
    flights = new Flights(store);
    Fetch fetch = new Fetch(origins, store, budget, time);
    originAnswers = new OriginAnswers(store, flights, fetch, settings.maxRefreshes());
    ExchangeHandler handler =
        new ExchangeHandler(new Routes(settings.routes()), store, originAnswers, observer, time);
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
