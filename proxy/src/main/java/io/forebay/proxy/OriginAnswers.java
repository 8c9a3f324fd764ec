package io.forebay.proxy;

import static io.forebay.proxy.ForwardedRequest.PSEUDONYM;

import io.forebay.http.RequestHead;
import io.forebay.http.ResponseHead;
import io.forebay.http.caching.CacheGroups;
import io.forebay.http.caching.CacheKey;
import io.forebay.http.caching.CacheStatus;
import io.forebay.http.caching.ForwardReason;
import io.forebay.http.caching.ReuseDecision;
import io.forebay.http.caching.ReuseRules;
import io.forebay.http.caching.ServedResponse;
import io.forebay.http.caching.StaleOnErrorDecision;
import io.forebay.http.caching.StaleOnErrorDecision.OriginFailure;
import io.forebay.http.caching.UnsafeInvalidation;
import io.forebay.http.caching.Validation;
import io.forebay.http.caching.VariantKey;
import io.forebay.proxy.body.BodySource;
import io.forebay.proxy.fetch.Fetch;
import io.forebay.proxy.fetch.Flight;
import io.forebay.proxy.fetch.Flights;
import io.forebay.proxy.fetch.Landing;
import io.forebay.proxy.origin.OriginOutcome;
import io.forebay.proxy.pages.PageStore;
import io.forebay.proxy.pages.StoredCandidatePage;
import io.forebay.proxy.route.Route;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;

/// Answers that need the origin: fetched, validated, collapsed, or stale because the origin failed.
public final class OriginAnswers {

  /// How often a follower looks for its variant before it fetches for itself.
  private static final int MAX_REGROUPINGS = 2;

  private final PageStore pages;
  private final Flights flights;
  private final Fetch fetch;
  private final Semaphore refreshes;
  private final LongAdder refreshesRefused = new LongAdder();

  /// @param maxRefreshes background refreshes under way at once; beyond it they are left to a later
  ///   request
  public OriginAnswers(PageStore pages, Flights flights, Fetch fetch, int maxRefreshes) {
    this.pages = pages;
    this.flights = flights;
    this.fetch = fetch;
    this.refreshes = new Semaphore(maxRefreshes);
  }

  /// What one request wants of the origin.
  ///
  /// @param stale what may be served if the origin fails, and is validated
  /// @param reason why it is not answered from the store
  private record Need(
      ClientExchange client,
      Route route,
      CacheKey key,
      List<StoredCandidatePage> stale,
      ForwardReason reason) {

    RequestHead request() {
      return client.request();
    }

    CacheStatus forwarded() {
      return CacheStatus.forwarded(PSEUDONYM, reason);
    }
  }

  /// Nothing stored fits: a fetch, shared with whoever asks for the same.
  ///
  /// @param variant the request's variant key as far as it is known
  Answer fetched(
      ClientExchange client, Route route, CacheKey key, String variant, ForwardReason reason)
      throws IOException {
    return collapsed(new Need(client, route, key, List.of(), reason), variant);
  }

  /// What is stored must be validated first.
  Answer validated(
      ClientExchange client,
      Route route,
      CacheKey key,
      StoredCandidatePage page,
      ForwardReason reason)
      throws IOException {
    return collapsed(new Need(client, route, key, List.of(page), reason), page.variantKey());
  }

  private Answer collapsed(Need need, String knownVariant) throws IOException {
    if (!isCollapsible(need)) {
      return alone(need);
    }
    String variant = knownVariant;
    for (int round = 0; round <= MAX_REGROUPINGS; round++) {
      Flights.Boarding boarding = flights.board(need.key(), variant);
      if (boarding.leads()) {
        Optional<ReuseDecision.ServeFresh<StoredCandidatePage>> meanwhile = storedMeanwhile(need);
        if (meanwhile.isPresent()) {
          flights.landWith(boarding.flight(), variant, meanwhile.get().candidate());
          return Delivery.stored(
              need.client(),
              meanwhile.get().candidate(),
              CacheStatus.hit(PSEUDONYM, meanwhile.get().remaining()));
        }
        start(boarding.flight(), variant, order(need, true));
        return leader(need, boarding.flight().await(), true);
      }
      Landing landing = boarding.flight().await();
      Optional<Answer> shared = follower(need, boarding.flight(), landing);
      if (shared.isPresent()) {
        return shared.get();
      }
      Optional<String> own = ownVariant(need, landing);
      if (own.isEmpty() || own.get().equals(variant)) {
        break;
      }
      variant = own.get();
    }
    return alone(need);
  }

  /// What another's fetch has stored since this request looked:
  ///
  /// ```
  /// this request                     another's fetch
  /// looks: nothing stored
  ///                                  stores the page, leaves the table
  /// boards: nobody there, so it leads
  /// ```
  private Optional<ReuseDecision.ServeFresh<StoredCandidatePage>> storedMeanwhile(Need need) {
    List<StoredCandidatePage> now = pages.glance(need.key(), need.request()).pages();
    return ReuseRules.decide(need.request(), now, need.route().policy())
            instanceof ReuseDecision.ServeFresh<StoredCandidatePage> fresh
        ? Optional.of(fresh)
        : Optional.empty();
  }

  /// Whether others may wait for this request's fetch, and it for theirs.
  private boolean isCollapsible(Need need) {
    return need.request().isGet()
        && !need.request().fields().contains("Range")
        && !need.request().fields().contains("Authorization")
        && need.client().body().isNone()
        && !pages.isUncollapsible(need.key());
  }

  private static Fetch.Order order(Need need, boolean forStore) {
    RequestHead sent = ForwardedRequest.of(need.client());
    // For the store the client's own conditions are left out, and evaluated here on the way back.
    if (forStore || !need.stale().isEmpty()) {
      sent = Validation.conditionalRequest(sent, need.stale());
    }
    return new Fetch.Order(
        need.route(),
        sent,
        need.client().body(),
        need.stale(),
        Optional.of(need.client()::interim));
  }

  private void start(Flight flight, String variant, Fetch.Order order) {
    Thread.ofVirtual()
        .name("fetch")
        .start(() -> {
          try {
            fetch.run(flight, order);
          } finally {
            flights.ended(flight, variant);
          }
        });
  }

  private Answer alone(Need need) throws IOException {
    Flight flight = flights.alone(need.key());
    start(flight, "", order(need, false));
    return leader(need, flight.await(), !need.stale().isEmpty());
  }

  /// The answer for the request that caused the fetch.
  ///
  /// @param conditionsAreOurs whether the client's own conditions were left out of what was sent,
  ///   so that they are to be evaluated here
  private Answer leader(Need need, Landing landing, boolean conditionsAreOurs) throws IOException {
    return switch (landing) {
      case Landing.Shareable shareable -> {
        CacheStatus status =
            need.forwarded().withForwardStatus(shareable.head().status()).asStored();
        Optional<Answer> stale = staleInsteadOf(need, shareable.head());
        if (stale.isPresent()) {
          shareable.leaderBody().cancel();
          yield stale.get();
        }
        yield Delivery.arriving(need.client(), shareable.head(), shareable.leaderBody(), status);
      }
      case Landing.Unshareable unshareable -> {
        Optional<Answer> stale = staleInsteadOf(need, unshareable.head());
        if (stale.isPresent()) {
          unshareable.leaderBody().cancel();
          yield stale.get();
        }
        CacheStatus status = need.forwarded().withForwardStatus(unshareable.head().status());
        Answer answer =
            conditionsAreOurs
                ? Delivery.arriving(
                    need.client(), unshareable.head(), unshareable.leaderBody(), status)
                : Delivery.passed(
                    need.client(), unshareable.head(), unshareable.leaderBody(), status);
        yield answer.because(unshareable.why());
      }
      case Landing.Confirmed(var page) ->
          Delivery.stored(need.client(), page, need.forwarded().withForwardStatus(304).asStored());
      case Landing.Failed(var failure) -> failed(need, failure);
    };
  }

  /// The answer for a request that waited; empty if it can't use what came, and must ask for
  /// itself.
  private Optional<Answer> follower(Need need, Flight flight, Landing landing) throws IOException {
    return switch (landing) {
      case Landing.Shareable shareable -> {
        StoredCandidatePage page = pages.asOfNow(shareable.page());
        if (!mayReuse(need, flight, page)) {
          yield Optional.empty();
        }
        Optional<BodySource> body = shareable.body().join();
        if (body.isEmpty()) {
          yield Optional.empty();
        }
        yield Optional.of(
            Delivery.arriving(
                need.client(),
                ServedResponse.head(page.response(), page.currentAge()),
                body.get(),
                need.forwarded().withForwardStatus(shareable.head().status()).asCollapsed()));
      }
      case Landing.Confirmed(var confirmed) -> {
        StoredCandidatePage page = pages.asOfNow(confirmed);
        yield mayReuse(need, flight, page)
            ? Optional.of(
                Delivery.stored(
                    need.client(), page, need.forwarded().withForwardStatus(304).asCollapsed()))
            : Optional.empty();
      }
      case Landing.Unshareable _ -> Optional.empty();
      case Landing.Failed(var failure) -> Optional.of(failed(need, failure));
    };
  }

  /// Whether what another request fetched is fresh for this one, and was not invalidated under way.
  private boolean mayReuse(Need need, Flight flight, StoredCandidatePage page) {
    return ReuseRules.decide(need.request(), List.of(page), need.route().policy())
            instanceof ReuseDecision.ServeFresh<?>
        && !pages.isInvalidated(flight.load(), need.key(), page.tags());
  }

  /// The request's variant under the `Vary` that a response turned out to have.
  private static Optional<String> ownVariant(Need need, Landing landing) {
    return landing instanceof Landing.Shareable shareable
        ? Optional.of(VariantKey.of(shareable.page().response().fields(), need.request().fields()))
        : Optional.empty();
  }

  /// Refreshes what was served stale, unless that is under way already.
  void refresh(ClientExchange client, Route route, CacheKey key, StoredCandidatePage page) {
    if (!refreshes.tryAcquire()) {
      refreshesRefused.increment();
      return;
    }
    String variant = page.variantKey();
    Flights.Boarding boarding = flights.board(key, variant);
    if (!boarding.leads()) {
      refreshes.release();
      return;
    }
    List<StoredCandidatePage> validated = List.of(page);
    RequestHead sent = Validation.conditionalRequest(ForwardedRequest.of(client), validated);
    Fetch.Order order = new Fetch.Order(route, sent, BodySource.EMPTY, validated, Optional.empty());
    Thread.ofVirtual()
        .name("refresh")
        .start(() -> {
          try {
            fetch.run(boarding.flight(), order);
          } finally {
            flights.ended(boarding.flight(), variant);
            refreshes.release();
          }
        });
  }

  /// A request that is not for the store at all: passed on, and if it changed something at the
  /// origin, what is stored of it is invalidated before the client hears of it (RFC 9111 §4.4).
  Answer unshared(ClientExchange client, Route route) throws IOException {
    RequestHead request = client.request();
    CacheKey key = CacheKey.of(request);
    Need need = new Need(client, route, key, List.of(), ForwardReason.METHOD);
    Flight flight = flights.alone(key);
    start(flight, "", order(need, false));
    Landing landing = flight.await();
    if (landing instanceof Landing.Unshareable unshareable) {
      pages.invalidate(UnsafeInvalidation.keysOf(request, unshareable.head()));
      pages.invalidateTags(CacheGroups.invalidatedBy(request, unshareable.head()));
    }
    return leader(need, landing, false);
  }

  private Optional<Answer> staleInsteadOf(Need need, ResponseHead head) throws IOException {
    boolean failed =
        switch (head.status()) {
          case 500, 502, 503, 504 -> true;
          default -> false;
        };
    return failed
        ? stale(
            need, OriginFailure.ERROR_RESPONSE, need.forwarded().withForwardStatus(head.status()))
        : Optional.empty();
  }

  private Optional<Answer> stale(Need need, OriginFailure failure, CacheStatus status)
      throws IOException {
    for (StoredCandidatePage page : need.stale()) {
      switch (ReuseRules.staleOnError(need.request(), page, failure, need.route().policy())) {
        case StaleOnErrorDecision.Permitted(var _, var staleness) -> {
          CacheStatus served = status.withTtl(staleness.negated()).withDetail("stale-if-error");
          return Optional.of(Delivery.stored(need.client(), page, served));
        }
        case StaleOnErrorDecision.Forbidden _ -> {}
      }
    }
    return Optional.empty();
  }

  private Answer failed(Need need, OriginOutcome.Failed failure) throws IOException {
    Optional<Answer> stale = stale(need, OriginFailure.UNREACHABLE, need.forwarded());
    if (stale.isPresent()) {
      return stale.get().failed(failure.error(), failure.detail());
    }
    return Delivery.problem(
            need.client(),
            failure.error().status(),
            failure.error().sentence(),
            Optional.of(need.forwarded()),
            Optional.of(PSEUDONYM + "; error=" + failure.error().token()))
        .failed(failure.error(), failure.detail());
  }

  /// Background refreshes not begun because too many were under way.
  public long refreshesRefused() {
    return refreshesRefused.sum();
  }
}
