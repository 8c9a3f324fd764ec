package io.forebay.proxy;

import io.forebay.cache.Cache;
import io.forebay.cache.TimeSource;
import io.forebay.http.RequestHead;
import io.forebay.http.TargetUri;
import io.forebay.proxy.body.FillBudget;
import io.forebay.proxy.coding.PageCoder;
import io.forebay.proxy.fast.FastPath;
import io.forebay.proxy.fetch.Fetch;
import io.forebay.proxy.fetch.Flights;
import io.forebay.proxy.fetch.RecentFetches;
import io.forebay.proxy.listen.Network;
import io.forebay.proxy.listen.ProxyListener;
import io.forebay.proxy.origin.OriginClient;
import io.forebay.proxy.origin.OriginDispatch;
import io.forebay.proxy.origin.OriginLink;
import io.forebay.proxy.origin.OriginPools;
import io.forebay.proxy.origin.PoolFigures;
import io.forebay.proxy.pages.Page;
import io.forebay.proxy.pages.PageStore;
import io.forebay.proxy.route.RequestGuards;
import io.forebay.proxy.route.Route;
import io.forebay.proxy.route.RouteTable;
import io.forebay.proxy.route.Routes;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/// The HTTP caching proxy, assembled: listener, routes, page store, fetches.
public final class Proxy implements AutoCloseable {

  private final PageStore store;
  private final RouteTable routes;
  private final OriginClient origins;
  private final OriginPools pools;
  private final FillBudget budget;
  private final PageCoder coder;
  private final Flights flights;
  private final OriginAnswers originAnswers;
  private final Explainer explainer;
  private final ExplainAnswers explanations;
  private final Tunnels tunnels;
  private final ProxyListener listener;

  /// @param pages where responses are stored; closed by whoever made it
  /// @param purges carries out `PURGE` and `BAN`
  /// @param observer hears of every finished exchange
  /// @param asJson writes an explanation for a client that asked for it by a field
  public Proxy(
      Vertx vertx,
      ProxySettings settings,
      Cache<String, Page> pages,
      PurgePort purges,
      TimeSource time,
      ExchangeObserver observer,
      Function<Explanation, byte[]> asJson) {
    this(vertx, settings, new PageStore(pages, time), purges, time, observer, asJson);
  }

  /// @param pages where responses are stored; its cache is closed by whoever made it
  public Proxy(
      Vertx vertx,
      ProxySettings settings,
      PageStore pages,
      PurgePort purges,
      TimeSource time,
      ExchangeObserver observer,
      Function<Explanation, byte[]> asJson) {
    store = pages;
    origins = new OriginClient(vertx, settings.maxOriginHeaderBytes(), settings.links(), time::now);
    pools = new OriginPools(vertx, origins, settings.nameServers(), time);
    pools.use(settings.pools());
    OriginDispatch dispatch = new OriginDispatch(origins, pools);
    budget = new FillBudget(settings.maxFillBytes());
    coder = new PageCoder(store);
    flights = new Flights(store, settings.maxFollowers());
    RecentFetches recent = new RecentFetches();
    routes = new RouteTable(new Routes(settings.routes(), settings.guards()));
    Fetch fetch = new Fetch(dispatch, store, routes, budget, recent, time);
    ForwardedRequest forwarding = new ForwardedRequest();
    originAnswers =
        new OriginAnswers(store, flights, fetch, dispatch, forwarding, settings.maxRefreshes());
    Planner planner = new Planner(routes, forwarding);
    explainer = new Explainer(planner, store, flights, originAnswers, recent, time);
    explanations = new ExplainAnswers(explainer, settings.explainNetworks(), asJson);
    tunnels = new Tunnels(dispatch, forwarding, settings.tunnels());
    ExchangeHandler handler =
        new ExchangeHandler(
            planner, store, originAnswers, coder, explanations, purges, tunnels, observer, time);
    FastPath fast = new FastPath(routes, store, settings.listen().tagFields(), observer, time);
    PassThrough passThrough =
        new PassThrough(
            planner,
            originAnswers,
            store,
            flights,
            fetch,
            forwarding,
            settings.listen().tagFields(),
            observer,
            time);
    listener =
        new ProxyListener(vertx, settings.listen(), handler::answer, fast, passThrough, dispatch);
  }

  /// Binds and serves.
  ///
  /// @return the ports
  /// @throws IOException if an address cannot be bound
  public ProxyListener.Ports start() throws IOException {
    return listener.start();
  }

  /// Uses a link's certificates for new connections to its origin.
  public void renew(OriginLink link) {
    origins.renew(link);
  }

  /// Stops accepting and lets what is under way finish.
  ///
  /// @return how many exchanges were cut off after `grace`
  public int stop(Duration grace) throws IOException {
    int cutOff = listener.stop(grace);
    pools.close();
    origins.close();
    coder.close();
    return cutOff;
  }

  @Override
  public void close() throws IOException {
    stop(Duration.ZERO);
  }

  /// Says what would be done with a request now, and why; see [Explainer].
  public Explanation explain(RequestHead request) {
    return explainer.explain(request, Sender.Word.NONE, "1.1", false);
  }

  /// Puts other routes in force, for requests that come from now on; those under way end under the
  /// former ones. What is stored stays as it is, and what is known of origins that stay.
  public void useRoutes(List<Route> others, RequestGuards guards) {
    pools.use(others.stream().map(Route::pool).distinct().toList());
    if (routes.replace(new Routes(others, guards))) {
      store.invalidateEverything();
    }
  }

  /// Whose clients may ask for an explanation in place of a page from now on.
  public void useExplainNetworks(List<Network> networks) {
    explanations.allow(networks);
  }

  /// The URLs, as they are in cache keys, under which something of this URL may be stored: what an
  /// invalidation of a URL has to name.
  public Set<String> urlsOf(TargetUri uri) {
    return routes.urlsOf(uri);
  }

  /// A moment's figures of every pool of origins, by name.
  public List<PoolFigures> poolFigures() {
    return pools.figures();
  }

  /// Pages that wait to be made in a content coding, or are being made.
  int codingsUnderWay() {
    return coder.underWay();
  }

  /// A moment's figures.
  public ProxyFigures figures() {
    return new ProxyFigures(
        listener.exchangesUnderWay(),
        listener.exchangesRefused(),
        flights.underWay(),
        flights.collapsed(),
        flights.crowded(),
        originAnswers.refreshesRefused(),
        budget.heldBytes(),
        budget.refusals(),
        listener.figures(),
        coder.made(),
        coder.refused(),
        tunnels.open(),
        tunnels.refused());
  }
}
