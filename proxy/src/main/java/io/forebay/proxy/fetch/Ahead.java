package io.forebay.proxy.fetch;

import io.forebay.http.caching.CacheKey;
import io.forebay.proxy.origin.FirstAttempt;
import io.forebay.proxy.pages.PageLoad;

/// A fetch that an event loop has begun, before its exchange came to a thread.
///
/// @param load opened before the origin was asked
/// @param nanos for how long the exchange has been under way
public record Ahead(CacheKey key, PageLoad load, FirstAttempt attempt, long nanos) {

  /// Nobody goes on with it.
  public void drop() {
    load.abandon();
    attempt.drop();
  }
}
