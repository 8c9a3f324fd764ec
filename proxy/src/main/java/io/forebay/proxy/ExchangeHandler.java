package io.forebay.proxy;

import static io.forebay.proxy.ForwardedRequest.PSEUDONYM;

import io.forebay.cache.TimeSource;
import io.forebay.http.caching.CacheStatus;
import io.forebay.http.caching.ForwardReason;
import io.forebay.http.caching.ReuseDecision;
import io.forebay.proxy.coding.PageCoder;
import io.forebay.proxy.origin.OriginError;
import io.forebay.proxy.pages.PageStore;
import io.forebay.proxy.pages.StoredCandidatePage;
import io.forebay.proxy.route.Route;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// Answers one exchange: the whole way of a request, top to bottom, in [#answer].
public final class ExchangeHandler {

  private final Planner planner;
  private final PageStore pages;
  private final OriginAnswers origin;
  private final PageCoder coder;
  private final ExplainAnswers explanations;
  private final PurgePort purges;
  private final Tunnels tunnels;
  private final ExchangeObserver observer;
  private final TimeSource time;

  ExchangeHandler(
      Planner planner,
      PageStore pages,
      OriginAnswers origin,
      PageCoder coder,
      ExplainAnswers explanations,
      PurgePort purges,
      Tunnels tunnels,
      ExchangeObserver observer,
      TimeSource time) {
    this.planner = planner;
    this.pages = pages;
    this.origin = origin;
    this.coder = coder;
    this.explanations = explanations;
    this.purges = purges;
    this.tunnels = tunnels;
    this.observer = observer;
    this.time = time;
  }

  /// Answers; on a virtual thread. Whatever goes wrong ends this exchange only, and is recorded.
  public void answer(ClientExchange client) {
    Instant started = time.now().minusNanos(client.nanosBefore());
    long startNanos = time.nanoTime() - client.nanosBefore();
    Optional<Route> route = Optional.empty();
    Answer answer;
    try {
      if (explanations.isAskedFor(client)) {
        answer = explanations.answer(client);
      } else {
        Plan plan =
            planner.plan(
                client.request(),
                client.sender().word(),
                client.protocol(),
                !client.body().isNone(),
                pages::candidates);
        route = plan.route();
        answer = answer(client, plan);
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
        answer.record(
            client.request(),
            client.peer(),
            client.protocol(),
            route.map(Route::name).orElse(""),
            started,
            Duration.ofNanos(time.nanoTime() - startNanos),
            client.bodyBytesSent()));
  }

  private Answer answer(ClientExchange client, Plan plan) throws IOException {
    return switch (plan) {
      case Plan.Refuse refuse -> refused(underItsRoute(client, refuse.route()), refuse);
      case Plan.Purge() -> Delivery.own(client, purges.answer(client.request(), client.peer()));
      case Plan.PassOn pass ->
          passedOn(new RuledExchange(client, pass.taken(), pass.request(), coder), pass);
      case Plan.UseStore use ->
          answer(new RuledExchange(client, use.taken(), use.request(), coder), use);
    };
  }

  private Answer passedOn(RuledExchange client, Plan.PassOn pass) throws IOException {
    Optional<String> protocol = tunnels.protocol(client);
    return protocol.isPresent()
        ? tunnels.answer(client, protocol.get())
        : origin.unshared(client, pass);
  }

  private Answer answer(RuledExchange client, Plan.UseStore use) throws IOException {
    Optional<String> protocol = tunnels.protocol(client);
    return protocol.isPresent()
        ? tunnels.answer(client, protocol.get())
        : answerFromStore(client, use);
  }

  private Answer answerFromStore(RuledExchange client, Plan.UseStore use) throws IOException {
    if (client.isAnsweredAhead(use.key())) { // whatever was stored since it was asked for
      return origin.fetched(client, use.key(), use.stored().variant(), ForwardReason.URI_MISS);
    }
    return switch (use.decision()) {
      case ReuseDecision.ServeFresh<StoredCandidatePage>(var page, var _, var remaining) ->
          Delivery.stored(client, page, hit(remaining));
      case ReuseDecision.ServeStaleWhileRevalidating<StoredCandidatePage>(
              var page,
              var _,
              var staleness) -> {
        origin.refresh(client, use.key(), page);
        yield Delivery.stored(client, page, hit(staleness.negated()));
      }
      case ReuseDecision.Validate<StoredCandidatePage>(var page, var _, var _, var reason) ->
          origin.validated(client, use.key(), page, reason.forwardReason());
      case ReuseDecision.Forward<StoredCandidatePage>(var reason) ->
          origin.fetched(client, use.key(), use.stored().variant(), use.missReason(reason));
      case ReuseDecision.RefuseOnlyIfCached<StoredCandidatePage>(var reason) ->
          Delivery.problem(
              client,
              504,
              "the request allows only what is cached, and nothing cached fits",
              Optional.of(CacheStatus.forwarded(PSEUDONYM, use.missReason(reason))),
              Optional.empty());
    };
  }

  private CacheStatus hit(Duration left) {
    CacheStatus status = CacheStatus.hit(PSEUDONYM, left);
    return pages.isSuspect() ? status.withDetail(Need.SUSPECT) : status;
  }

  private ClientExchange underItsRoute(ClientExchange client, Optional<Route> route) {
    return route.isEmpty()
        ? client
        : new RuledExchange(client, route.get(), client.request(), coder);
  }

  private static Answer refused(ClientExchange client, Plan.Refuse refuse) throws IOException {
    Answer answer =
        Delivery.problem(
            client,
            refuse.status(),
            refuse.why(),
            Optional.empty(),
            refuse.error().map(OriginError::token).map(Delivery::proxyStatus));
    return refuse.error().map(error -> answer.failed(error, refuse.why())).orElse(answer);
  }
}
