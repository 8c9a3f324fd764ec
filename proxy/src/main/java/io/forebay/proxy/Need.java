package io.forebay.proxy;

import static io.forebay.proxy.ForwardedRequest.PSEUDONYM;

import io.forebay.http.RequestHead;
import io.forebay.http.caching.CacheKey;
import io.forebay.http.caching.CacheStatus;
import io.forebay.http.caching.ForwardReason;
import io.forebay.proxy.pages.StoredCandidatePage;
import io.forebay.proxy.route.Route;
import java.util.List;

/// What one request wants of the origin.
///
/// @param stale what may be served if the origin fails, and is validated
/// @param reason why it is not answered from the store
/// @param suspect whether this node may have missed invalidations
record Need(
    RuledExchange client,
    CacheKey key,
    List<StoredCandidatePage> stale,
    ForwardReason reason,
    boolean suspect) {

  Route route() {
    return client.route();
  }

  RequestHead request() {
    return client.request();
  }

  CacheStatus forwarded() {
    return noted(CacheStatus.forwarded(PSEUDONYM, reason));
  }

  /// With the word that this node is suspect, if it is.
  CacheStatus noted(CacheStatus status) {
    return suspect ? status.withDetail(SUSPECT) : status;
  }

  /// In `Cache-Status`, while this node may have missed invalidations.
  static final String SUSPECT = "suspect";
}
