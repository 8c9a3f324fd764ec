package io.forebay.proxy;

import io.forebay.http.RequestHead;
import io.forebay.http.caching.CacheKey;
import io.forebay.http.caching.ForwardReason;
import io.forebay.http.caching.ReuseDecision;
import io.forebay.http.caching.StoreDecision;
import io.forebay.proxy.origin.OriginError;
import io.forebay.proxy.pages.PageStore.Candidates;
import io.forebay.proxy.pages.StoredCandidatePage;
import io.forebay.proxy.route.Route;
import java.util.Optional;

/// What is to be done with a request, decided by [Planner] before anything is done; carried out by
/// [ExchangeHandler], and told by [Explainer].
sealed interface Plan {

  /// Empty when the request is refused before one was found.
  Optional<Route> route();

  /// Answer with an error of ours.
  ///
  /// @param why for the client
  /// @param error for `Proxy-Status`, when it is one of those
  record Refuse(Optional<Route> route, int status, String why, Optional<OriginError> error)
      implements Plan {

    static Refuse of(int status, String why) {
      return new Refuse(Optional.empty(), status, why, Optional.empty());
    }
  }

  /// Carry out an order to the cache itself; no origin is asked.
  record Purge() implements Plan {
    @Override
    public Optional<Route> route() {
      return Optional.empty();
    }
  }

  /// Pass it on: what is stored has no part in the answer.
  ///
  /// @param request as it is decided on
  /// @param key of what it may change or bring
  /// @param notForStore why the response is not stored whatever it says; empty if it may be
  record PassOn(
      Route taken,
      RequestHead request,
      CacheKey key,
      ForwardReason reason,
      String why,
      Optional<StoreDecision.Reason> notForStore)
      implements Plan {
    @Override
    public Optional<Route> route() {
      return Optional.of(taken);
    }
  }

  /// Answer from what is stored, or fetch, as the rules decided (RFC 9111 §4).
  ///
  /// @param request as it is decided on
  /// @param stored what the decision was made from
  record UseStore(
      Route taken,
      RequestHead request,
      CacheKey key,
      Candidates stored,
      ReuseDecision<StoredCandidatePage> decision)
      implements Plan {

    @Override
    public Optional<Route> route() {
      return Optional.of(taken);
    }

    /// Only the store knows whether other variants exist.
    ForwardReason missReason(ForwardReason reason) {
      return reason == ForwardReason.URI_MISS && !stored.varies().isEmpty()
          ? ForwardReason.VARY_MISS
          : reason;
    }
  }
}
