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
record Need(
    RuledExchange client, CacheKey key, List<StoredCandidatePage> stale, ForwardReason reason) {

  Route route() {
    return client.route();
  }

  RequestHead request() {
    return client.request();
  }

  CacheStatus forwarded() {
    return CacheStatus.forwarded(PSEUDONYM, reason);
  }
}
