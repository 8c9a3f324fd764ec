package io.forebay.proxy;

import io.forebay.cache.TimeSource;
import io.forebay.http.RequestHead;
import io.forebay.http.caching.CacheKey;
import io.forebay.http.caching.ForwardReason;
import io.forebay.http.caching.ReuseDecision;
import io.forebay.http.caching.StoreDecision;
import io.forebay.proxy.body.BodySource;
import io.forebay.proxy.fetch.Fetch;
import io.forebay.proxy.fetch.Flight;
import io.forebay.proxy.fetch.Flights;
import io.forebay.proxy.listen.TagFields;
import io.forebay.proxy.origin.Errand;
import io.forebay.proxy.origin.LoopOrigins;
import io.forebay.proxy.origin.LoopRequest;
import io.forebay.proxy.pages.PageStore;
import io.forebay.proxy.pages.PageStore.Candidates;
import io.forebay.proxy.pages.UncollapsibleMark;
import io.forebay.proxy.route.Route;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Passes requests through to their origin on the client's event loop, without a thread: those that
/// are for one client alone, because responses proved unshareable lately, because of what the
/// request says (`Authorization`, `Range`), or because their route passes everything on. It decides
/// with the general path's functions, in its order, and does only what goes well
/// ([PassedExchange]).
public final class PassThrough {

  private final Planner planner;
  private final OriginAnswers originAnswers;
  private final PageStore pages;
  private final Flights flights;
  private final Fetch fetch;
  private final ForwardedRequest forwarding;
  private final TagFields tagFields;
  private final ExchangeObserver observer;
  private final TimeSource time;

  PassThrough(
      Planner planner,
      OriginAnswers originAnswers,
      PageStore pages,
      Flights flights,
      Fetch fetch,
      ForwardedRequest forwarding,
      TagFields tagFields,
      ExchangeObserver observer,
      TimeSource time) {
    this.planner = planner;
    this.originAnswers = originAnswers;
    this.pages = pages;
    this.flights = flights;
    this.fetch = fetch;
    this.forwarding = forwarding;
    this.tagFields = tagFields;
    this.observer = observer;
    this.time = time;
  }

  /// That of one event loop.
  ///
  /// @param origins as that loop asks them
  public OfLoop on(LoopOrigins origins) {
    return new OfLoop(origins);
  }

  /// Passes requests through on one event loop.
  public final class OfLoop {

    private final LoopOrigins origins;
    private final HeadWriter heads = new HeadWriter();
    private final Meters ofMisses = new Meters(observer, Optional.of(ForwardReason.URI_MISS));
    private final Meters ofBypassed = new Meters(observer, Optional.of(ForwardReason.BYPASS));

    private OfLoop(LoopOrigins origins) {
      this.origins = origins;
    }

    HeadWriter heads() {
      return heads;
    }

    /// Null if a record of each exchange is wanted.
    @Nullable ExchangeMeter meter(Route route, ForwardReason reason, int status) {
      return switch (reason) {
        case URI_MISS -> ofMisses.of(route, status);
        case BYPASS -> ofBypassed.of(route, status);
        default -> null;
      };
    }

    /// Begins to pass a request through, if it is one of those; null if it is not, or an origin
    /// can't be asked at once.
    ///
    /// @param received a GET without content over HTTP/1.1 by a client that takes no trailers and
    ///   keeps the connection
    /// @param mark of its plain key, under which nothing lies; null if that was not looked at
    /// @param nanoTime now
    public @Nullable PassedExchange begin(
        RequestHead received,
        Sender sender,
        @Nullable UncollapsibleMark mark,
        PassedExchange.Client client,
        long nanoTime) {
      if (pages.hasTier() || pages.isolation().isSuspect(nanoTime)) {
        return null; // what lies in a tier has to be waited for
      }
      Plan plan =
          planner.plan(
              received,
              sender.word(),
              "1.1",
              false,
              mark == null ? pages::glance : (_, _) -> Candidates.NONE);
      return switch (plan) {
        case Plan.PassOn pass ->
            begin(
                new PassedExchange.Asked(received, pass.request(), sender, pass.reason(), nanoTime),
                pass.taken(),
                pass.key(),
                pass.notForStore(),
                Optional.empty(),
                client);
        case Plan.UseStore use when isForOneClient(use, mark) ->
            begin(
                new PassedExchange.Asked(
                    received, use.request(), sender, ForwardReason.URI_MISS, nanoTime),
                use.taken(),
                use.key(),
                Optional.empty(),
                Optional.of(new PassedExchange.LookUp(mark)),
                client);
        case Plan.UseStore _, Plan.Refuse _, Plan.Purge _ -> null;
      };
    }

    private @Nullable PassedExchange begin(
        PassedExchange.Asked asked,
        Route route,
        CacheKey key,
        Optional<StoreDecision.Reason> notForStore,
        Optional<PassedExchange.LookUp> lookUp,
        PassedExchange.Client client) {
      Fetch.Order order =
          new Fetch.Order(
                  route,
                  forwarding.of(asked.decided(), route, asked.sender(), "1.1"),
                  BodySource.EMPTY,
                  List.of(),
                  Optional.empty(),
                  Errand.forClient(false))
              .notForStore(notForStore);
      Flight flight = flights.alone(key, true);
      LoopRequest request = origins.enter(route.pool(), route.timeouts());
      if (request == null) {
        flights.ended(flight, "");
        return null;
      }
      return new PassedExchange(
          PassThrough.this, this, asked, order, flight, lookUp, request, client);
    }
  }

  /// Whether nothing is stored, others don't wait for its fetch, and it does not for theirs.
  private boolean isForOneClient(Plan.UseStore use, @Nullable UncollapsibleMark mark) {
    return use.decision() instanceof ReuseDecision.Forward<?>(var reason)
        && reason == ForwardReason.URI_MISS
        && use.stored().varies().isEmpty()
        && (mark == null
            ? !originAnswers.isCollapsible(use.request(), false, use.key())
            : use.key().text().equals(mark.keyText()));
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
