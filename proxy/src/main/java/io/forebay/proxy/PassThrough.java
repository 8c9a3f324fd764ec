package io.forebay.proxy;

import io.forebay.cache.TimeSource;
import io.forebay.http.RequestHead;
import io.forebay.http.caching.ForwardReason;
import io.forebay.http.caching.ReuseDecision;
import io.forebay.proxy.body.BodySource;
import io.forebay.proxy.fetch.Fetch;
import io.forebay.proxy.fetch.Flights;
import io.forebay.proxy.listen.TagFields;
import io.forebay.proxy.origin.Errand;
import io.forebay.proxy.origin.LoopOrigins;
import io.forebay.proxy.origin.LoopRequest;
import io.forebay.proxy.origin.OriginDispatch;
import io.forebay.proxy.pages.PageStore;
import io.forebay.proxy.pages.PageStore.Candidates;
import io.forebay.proxy.pages.UncollapsibleMark;
import io.forebay.proxy.route.Route;
import io.netty.channel.EventLoop;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Passes requests through to their origin on the client's event loop, without a thread: those for
/// pages whose responses proved unshareable lately. It decides with the general path's functions,
/// in its order, and does only what goes well ([PassedExchange]).
public final class PassThrough {

  private final Planner planner;
  private final PageStore pages;
  private final Flights flights;
  private final Fetch fetch;
  private final ForwardedRequest forwarding;
  private final OriginDispatch dispatch;
  private final TagFields tagFields;
  private final ExchangeObserver observer;
  private final TimeSource time;

  PassThrough(
      Planner planner,
      PageStore pages,
      Flights flights,
      Fetch fetch,
      ForwardedRequest forwarding,
      OriginDispatch dispatch,
      TagFields tagFields,
      ExchangeObserver observer,
      TimeSource time) {
    this.planner = planner;
    this.pages = pages;
    this.flights = flights;
    this.fetch = fetch;
    this.forwarding = forwarding;
    this.dispatch = dispatch;
    this.tagFields = tagFields;
    this.observer = observer;
    this.time = time;
  }

  /// That of one event loop.
  public OfLoop on(EventLoop loop) {
    return new OfLoop(dispatch.on(loop));
  }

  /// Passes requests through on one event loop.
  public final class OfLoop {

    private final LoopOrigins origins;
    private final HeadWriter heads = new HeadWriter();
    private final Meters meters = new Meters(observer, Optional.of(ForwardReason.URI_MISS));

    private OfLoop(LoopOrigins origins) {
      this.origins = origins;
    }

    HeadWriter heads() {
      return heads;
    }

    /// Null if a record of each exchange is wanted.
    @Nullable ExchangeMeter meter(Route route, int status) {
      return meters.of(route, status);
    }

    /// Begins to pass a request through, if it is one of those; null if it is not, or an origin
    /// can't be asked at once.
    ///
    /// @param received a GET without content over HTTP/1.1 by a client that takes no trailers and
    ///   keeps the connection
    /// @param mark by which it is one of those, if its key is the plain one; nothing lies under
    ///   that
    /// @param nanoTime now
    public @Nullable PassedExchange begin(
        RequestHead received,
        Sender sender,
        UncollapsibleMark mark,
        PassedExchange.Client client,
        long nanoTime) {
      if (pages.hasTier()) {
        return null; // what lies there has to be waited for
      }
      Plan plan = planner.plan(received, "1.1", false, (_, _) -> Candidates.NONE);
      if (!(plan instanceof Plan.UseStore use)
          || !(use.decision() instanceof ReuseDecision.Forward<?>(var reason))
          || reason != ForwardReason.URI_MISS
          || !use.key().text().equals(mark.keyText())) {
        return null;
      }
      LoopRequest request = origins.enter(use.taken().pool(), use.taken().timeouts());
      if (request == null) {
        return null;
      }
      Fetch.Order order =
          new Fetch.Order(
              use.taken(),
              forwarding.of(use.request(), use.taken(), sender, "1.1"),
              BodySource.EMPTY,
              List.of(),
              Optional.empty(),
              Errand.forClient(false));
      return new PassedExchange(
          PassThrough.this,
          this,
          new PassedExchange.Asked(received, sender, mark, nanoTime),
          order,
          flights.alone(use.key(), true),
          request,
          client);
    }
  }

  PageStore pages() {
    return pages;
  }

  Flights flights() {
    return flights;
  }

  Fetch fetch() {
    return fetch;
  }

  TagFields tagFields() {
    return tagFields;
  }

  ExchangeObserver observer() {
    return observer;
  }

  TimeSource time() {
    return time;
  }
}
