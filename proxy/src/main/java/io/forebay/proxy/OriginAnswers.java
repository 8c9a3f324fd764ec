package io.forebay.proxy;

import static io.forebay.proxy.ForwardedRequest.PSEUDONYM;

import io.forebay.http.RequestHead;
import io.forebay.http.caching.CacheKey;
import io.forebay.http.caching.CacheStatus;
import io.forebay.http.caching.ForwardReason;
import io.forebay.http.caching.ReuseDecision;
import io.forebay.http.caching.ReuseRules;
import io.forebay.http.caching.ServedResponse;
import io.forebay.http.caching.Validation;
import io.forebay.http.caching.VariantKey;
import io.forebay.proxy.body.BodySource;
import io.forebay.proxy.fetch.Ahead;
import io.forebay.proxy.fetch.Fetch;
import io.forebay.proxy.fetch.Flight;
import io.forebay.proxy.fetch.Flights;
import io.forebay.proxy.fetch.Landing;
import io.forebay.proxy.origin.Errand;
import io.forebay.proxy.origin.OriginDispatch;
import io.forebay.proxy.origin.OriginError;
import io.forebay.proxy.origin.OriginOutcome;
import io.forebay.proxy.pages.PageStore;
import io.forebay.proxy.pages.StoredCandidatePage;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;

/// Answers that need the origin: fetched, validated, collapsed, or ([FailureAnswers]) stale because
/// the origin failed.
public final class OriginAnswers {

  /// How often a follower looks for its variant before it fetches for itself.
  private static final int MAX_REGROUPINGS = 2;

  private final PageStore pages;
  private final Flights flights;
  private final Fetch fetch;
  private final OriginDispatch dispatch;
  private final ForwardedRequest forwarding;
  private final Refreshes refreshes;
  private final Turns turns;

  /// @param maxRefreshes background refreshes under way at once; beyond it they are left to a later
  ///   request
  OriginAnswers(
      PageStore pages,
      Flights flights,
      Fetch fetch,
      OriginDispatch dispatch,
      ForwardedRequest forwarding,
      int maxRefreshes) {
    this.pages = pages;
    this.flights = flights;
    this.fetch = fetch;
    this.dispatch = dispatch;
    this.forwarding = forwarding;
    this.refreshes = new Refreshes(flights, fetch, maxRefreshes);
    this.turns = new Turns(pages);
  }

  /// Nothing stored fits: a fetch, shared with whoever asks for the same.
  ///
  /// @param variant the request's variant key as far as it is known
  Answer fetched(RuledExchange client, CacheKey key, String variant, ForwardReason reason)
      throws IOException {
    return collapsed(new Need(client, key, List.of(), reason, pages.isSuspect()), variant);
  }

  /// What is stored must be validated first.
  Answer validated(
      RuledExchange client, CacheKey key, StoredCandidatePage page, ForwardReason reason)
      throws IOException {
    return collapsed(
        new Need(client, key, List.of(page), reason, pages.isSuspect()), page.variantKey());
  }

  private Answer collapsed(Need need, String knownVariant) throws IOException {
    Optional<Ahead> ahead = need.client().takeAhead(need.key());
    if (ahead.isPresent()
        || !isCollapsible(need.request(), !need.client().body().isNone(), need.key())) {
      return alone(need, ahead);
    }
    String variant = knownVariant;
    for (int round = 0; round <= MAX_REGROUPINGS; round++) {
      Flight followed;
      switch (flights.board(need.key(), variant)) {
        case Flights.Boarding.Leads(var flight) -> {
          return leading(need, flight, variant);
        }
        case Flights.Boarding.Crowded() -> {
          return failed(need, OriginOutcome.Failed.of(OriginError.TOO_MANY_FOLLOWERS));
        }
        case Flights.Boarding.Follows(var flight) -> followed = flight;
      }
      Landing landing = await(need, followed);
      Optional<Answer> shared = follower(need, followed, landing);
      if (shared.isPresent()) {
        return shared.get();
      }
      Optional<String> own = ownVariant(need, landing);
      if (own.isEmpty() || own.get().equals(variant)) {
        break;
      }
      variant = own.get();
    }
    return alone(need, Optional.empty());
  }

  private Answer leading(Need need, Flight flight, String variant) throws IOException {
    var meanwhile = storedMeanwhile(need);
    if (meanwhile.isEmpty()) {
      meanwhile = turns.take(need, flight, variant);
    }
    if (meanwhile.isPresent()) {
      flights.landWith(flight, variant, meanwhile.get().candidate());
      return Delivery.stored(
          need.client(),
          meanwhile.get().candidate(),
          need.noted(CacheStatus.hit(PSEUDONYM, meanwhile.get().remaining())));
    }
    start(flight, variant, order(need, true));
    return leader(need, awaitAsLeader(need, flight), true);
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
  boolean isCollapsible(RequestHead request, boolean hasContent, CacheKey key) {
    return request.isGet()
        && !request.fields().contains("Range")
        && !request.fields().contains("Authorization")
        && !hasContent
        && !pages.isUncollapsible(key);
  }

  private Fetch.Order order(Need need, boolean forStore) {
    RequestHead sent = forwarding.of(need.client());
    // For the store the client's own conditions are left out, and evaluated here on the way back.
    if (forStore || !need.stale().isEmpty()) {
      sent = Validation.conditionalRequest(sent, need.stale());
    }
    return new Fetch.Order(
        need.route(),
        sent,
        need.client().body(),
        need.stale(),
        Optional.of(need.client()::interim),
        new Errand(forStore, FailureAnswers.cover(need), true));
  }

  private void start(Flight flight, String variant, Fetch.Order order) {
    start(flight, variant, () -> fetch.run(flight, order));
  }

  private void start(Flight flight, String variant, Runnable fetching) {
    Thread.ofVirtual()
        .name("fetch")
        .start(() -> {
          try {
            fetching.run();
          } finally {
            flights.ended(flight, variant);
          }
        });
  }

  /// A fetch that nobody can join, on this thread, until it is known whether the response is for
  /// the store.
  ///
  /// @param ahead what an event loop has begun of it
  private Answer alone(Need need, Optional<Ahead> ahead) throws IOException {
    Fetch.Order order = order(need, false);
    Flight flight = flights.alone(need.key(), ahead, true);
    AtomicBoolean isGone = new AtomicBoolean();
    need.client()
        .onGone(() -> {
          isGone.set(true);
          flight.leave();
        });
    Optional<Runnable> rest = Optional.empty();
    try {
      rest = fetch.land(flight, order.begunBy(ahead.map(Ahead::attempt)));
      rest.ifPresent(storing -> start(flight, "", storing));
      Landing landing = flight.landing().join();
      if (isGone.get() && landing instanceof Landing.Failed) {
        throw new ClientGone();
      }
      return leader(need, landing, !need.stale().isEmpty());
    } finally {
      if (rest.isEmpty()) {
        flights.ended(flight, "");
      }
    }
  }

  private static final class ClientGone extends IOException {
    private static final long serialVersionUID = 1;

    ClientGone() {
      super("it closed the connection before the answer");
    }
  }

  /// Waits for the response head while the client does.
  ///
  /// @throws IOException when the client goes first; the flight ends if it was the last who waited
  private static Landing await(Need need, Flight flight) throws IOException {
    CompletableFuture<Landing> landing = flight.landing();
    need.client().onGone(() -> landing.completeExceptionally(new ClientGone()));
    try {
      return landing.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof ClientGone gone) {
        flight.leave();
        throw gone;
      }
      throw e;
    }
  }

  /// The same for the client that caused the fetch: if it goes, nobody reads the body that is meant
  /// for it.
  private static Landing awaitAsLeader(Need need, Flight flight) throws IOException {
    try {
      return await(need, flight);
    } catch (IOException e) {
      var _ =
          flight
              .landing()
              .thenAccept(landing -> {
                if (landing instanceof Landing.Response response) {
                  response.leaderBody().cancel();
                }
              });
      throw e;
    }
  }

  /// The answer for the request that caused the fetch.
  ///
  /// @param conditionsAreOurs whether the client's own conditions were left out of what was sent,
  ///   so that they are to be evaluated here
  private Answer leader(Need need, Landing landing, boolean conditionsAreOurs) throws IOException {
    return switch (landing) {
      case Landing.Response response -> {
        Optional<Answer> stale = insteadOf(need, response);
        if (stale.isPresent()) {
          response.leaderBody().cancel();
          yield stale.get();
        }
        yield arrived(need, response, conditionsAreOurs);
      }
      case Landing.Confirmed(var page) ->
          Delivery.stored(need.client(), page, need.forwarded().withForwardStatus(304).asStored());
      case Landing.Failed(var failure) -> failed(need, failure);
    };
  }

  /// Something stale, if the response is an error or its body breaks off.
  private static Optional<Answer> insteadOf(Need need, Landing.Response response)
      throws IOException {
    Optional<Answer> stale = FailureAnswers.staleInsteadOf(need, response.head());
    return stale.isEmpty() && response instanceof Landing.Shareable(var _, var _, var _, var body)
        ? FailureAnswers.ifBrokenOff(need, body)
        : stale;
  }

  /// An origin that is down is not asked while something stale can be served; but somebody has to
  /// find out when it is up again.
  private Answer failed(Need need, OriginOutcome.Failed failure) throws IOException {
    if (failure.error().isSparing() && dispatch.isTrialDue(need.route().pool())) {
      need.stale().stream().findFirst().ifPresent(page -> refresh(need.client(), need.key(), page));
    }
    return FailureAnswers.failed(need, failure);
  }

  private static Answer arrived(Need need, Landing.Response response, boolean conditionsAreOurs)
      throws IOException {
    CacheStatus status = need.forwarded().withForwardStatus(response.head().status());
    return switch (response) {
      case Landing.Shareable(var head, var body, var _, var _) ->
          Delivery.arriving(need.client(), head, body, status.asStored());
      case Landing.Unshareable(var head, var body, var why) ->
          (conditionsAreOurs
                  ? Delivery.arriving(need.client(), head, body, status)
                  : Delivery.passed(need.client(), head, body, status))
              .because(why.sentence());
    };
  }

  /// The answer for a request that waited; empty if it can't use what came, and must ask for
  /// itself.
  private Optional<Answer> follower(Need need, Flight flight, Landing landing) throws IOException {
    return switch (landing) {
      case Landing.Shareable shareable -> follower(need, flight, shareable);
      case Landing.Confirmed(var confirmed) -> {
        StoredCandidatePage page = pages.asOfNow(confirmed);
        yield mayReuse(need, flight, page)
            ? Optional.of(
                Delivery.stored(
                    need.client(), page, need.forwarded().withForwardStatus(304).asCollapsed()))
            : Optional.empty();
      }
      case Landing.Unshareable unshareable ->
          FailureAnswers.insteadOfAsking(need, unshareable.head());
      case Landing.Failed(var failure) ->
          // The leader had something stale to serve; who has not asks all the same.
          failure.error().isOfRequest()
                  || (failure.error().isSparing()
                      && FailureAnswers.cover(need) == Errand.Cover.NONE)
              ? Optional.empty()
              : Optional.of(failed(need, failure));
    };
  }

  private Optional<Answer> follower(Need need, Flight flight, Landing.Shareable shareable)
      throws IOException {
    StoredCandidatePage page = pages.asOfNow(shareable.page());
    if (!mayReuse(need, flight, page)) {
      return Optional.empty();
    }
    Optional<Answer> stale = FailureAnswers.ifBrokenOff(need, shareable.body());
    if (stale.isPresent()) {
      return stale;
    }
    CacheStatus status =
        need.forwarded().withForwardStatus(shareable.head().status()).asCollapsed();
    Optional<BodySource> body = shareable.body().join();
    if (body.isPresent()) {
      return Optional.of(
          Delivery.arriving(
              need.client(),
              ServedResponse.head(page.response(), page.currentAge()),
              body.get(),
              status));
    }
    // Its beginning is gone; but perhaps because all of it is in the store.
    var stored = storedMeanwhile(need);
    return stored.isPresent()
        ? Optional.of(Delivery.stored(need.client(), stored.get().candidate(), status))
        : Optional.empty();
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

  /// Refreshes what was served stale, unless that is under way already: by a GET, also when it was
  /// HEAD that asked. The answer to HEAD brings no page, and those who ask GET meanwhile would wait
  /// for nothing.
  void refresh(RuledExchange client, CacheKey key, StoredCandidatePage page) {
    Need need = new Need(client, key, List.of(page), ForwardReason.STALE, pages.isSuspect());
    RequestHead get = forwarding.of(client).withMethod("GET");
    RequestHead sent = Validation.conditionalRequest(get, need.stale());
    refreshes.begin(
        need,
        page.variantKey(),
        new Fetch.Order(
            client.route(),
            sent,
            BodySource.EMPTY,
            need.stale(),
            Optional.empty(),
            Errand.refresh()));
  }

  /// A request that is not for the store at all: passed on. What it changed at the origin the fetch
  /// has invalidated when its answer is here (RFC 9111 §4.4), also when the client does not wait.
  Answer unshared(RuledExchange client, Plan.PassOn pass) throws IOException {
    Need need = new Need(client, pass.key(), List.of(), pass.reason(), pages.isSuspect());
    Optional<Ahead> ahead = client.takeAhead(pass.key());
    Flight flight = flights.alone(pass.key(), ahead, pass.request().isSafe());
    start(
        flight,
        "",
        order(need, false).notForStore(pass.notForStore()).begunBy(ahead.map(Ahead::attempt)));
    return leader(need, awaitAsLeader(need, flight), false);
  }

  /// Background refreshes not begun because too many were under way.
  public long refreshesRefused() {
    return refreshes.refused();
  }
}
