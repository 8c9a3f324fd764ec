package io.forebay.proxy;

import static io.forebay.proxy.ForwardedRequest.PSEUDONYM;

import io.forebay.cache.TimeSource;
import io.forebay.http.RequestHead;
import io.forebay.http.RequestSyntax;
import io.forebay.http.caching.CacheKey;
import io.forebay.http.caching.CacheStatus;
import io.forebay.http.caching.ForwardReason;
import io.forebay.http.caching.ReuseDecision;
import io.forebay.http.caching.ReuseRules;
import io.forebay.proxy.pages.PageStore;
import io.forebay.proxy.pages.StoredCandidatePage;
import io.forebay.proxy.route.Route;
import io.forebay.proxy.route.Routes;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// Answers one exchange: the whole way of a request, top to bottom, in [#answer].
public final class ExchangeHandler {

  private final Routes routes;
  private final PageStore pages;
  private final OriginAnswers origin;
  private final ExchangeObserver observer;
  private final TimeSource time;

  public ExchangeHandler(
      Routes routes,
      PageStore pages,
      OriginAnswers origin,
      ExchangeObserver observer,
      TimeSource time) {
    this.routes = routes;
    this.pages = pages;
    this.origin = origin;
    this.observer = observer;
    this.time = time;
  }

  /// Answers; on a virtual thread. Whatever goes wrong ends this exchange only, and is recorded.
  public void answer(ClientExchange client) {
    Instant started = time.now();
    long startNanos = time.nanoTime();
    Optional<Route> route = Optional.empty();
    Answer answer;
    try {
      Optional<String> fault = RequestSyntax.fault(client.request(), client.protocol());
      route = fault.isPresent() ? Optional.empty() : routes.match(client.request());
      if (fault.isPresent()) {
        answer = refused(client, 400, fault.get());
      } else if (client.request().method().equals("CONNECT")) {
        answer = refused(client, 501, "this proxy opens no tunnels");
      } else if (route.isEmpty()) {
        answer = refused(client, 404, "no route matches this host and path");
      } else {
        answer = answer(client, route.get());
      }
    } catch (IOException e) {
      client.abort();
      answer =
          Answer.withoutCache(0, "the client is gone: " + e.getMessage()).asCutOff("client gone");
    } catch (RuntimeException e) {
      client.abort();
      answer = Answer.withoutCache(0, "internal error: " + e).asCutOff("internal error: " + e);
    }
    observer.finished(
        record(client, answer, started, Duration.ofNanos(time.nanoTime() - startNanos), route));
  }

  private Answer answer(ClientExchange client, Route route) throws IOException {
    RequestHead request = client.request();
    // What a request with content is answered depends on the content, which is not in the key.
    if ((!request.isGet() && !request.isHead()) || !client.body().isNone()) {
      return origin.unshared(client, route);
    }
    CacheKey key = CacheKey.of(request);
    PageStore.Candidates stored = pages.candidates(key, request);
    return switch (ReuseRules.decide(request, stored.pages(), route.policy())) {
      case ReuseDecision.ServeFresh<StoredCandidatePage>(var page, var _, var remaining) ->
          Delivery.stored(client, page, CacheStatus.hit(PSEUDONYM, remaining));
      case ReuseDecision.ServeStaleWhileRevalidating<StoredCandidatePage>(
              var page,
              var _,
              var staleness) -> {
        origin.refresh(client, route, key, page);
        yield Delivery.stored(client, page, CacheStatus.hit(PSEUDONYM, staleness.negated()));
      }
      case ReuseDecision.Validate<StoredCandidatePage>(var page, var _, var _, var reason) ->
          origin.validated(client, route, key, page, reason.forwardReason());
      case ReuseDecision.Forward<StoredCandidatePage>(var reason) ->
          origin.fetched(client, route, key, stored.variant(), missReason(reason, stored));
      case ReuseDecision.RefuseOnlyIfCached<StoredCandidatePage>(var reason) ->
          Delivery.problem(
              client,
              504,
              "the request allows only what is cached, and nothing cached fits",
              Optional.of(CacheStatus.forwarded(PSEUDONYM, missReason(reason, stored))),
              Optional.empty());
    };
  }

  /// Only the store knows whether other variants exist.
  private static ForwardReason missReason(ForwardReason reason, PageStore.Candidates stored) {
    return reason == ForwardReason.URI_MISS && stored.varies() ? ForwardReason.VARY_MISS : reason;
  }

  private static Answer refused(ClientExchange client, int status, String why) throws IOException {
    return Delivery.problem(client, status, why, Optional.empty(), Optional.empty());
  }

  private static ExchangeRecord record(
      ClientExchange client, Answer answer, Instant started, Duration took, Optional<Route> route) {
    RequestHead request = client.request();
    return new ExchangeRecord(
        started,
        took,
        client.peer(),
        client.protocol(),
        request.method(),
        request.authority(),
        request.target(),
        route.map(Route::name).orElse(""),
        answer.status(),
        answer.cacheStatus(),
        answer.reason(),
        answer.error(),
        answer.cutOff(),
        client.bodyBytesSent());
  }
}
