package io.forebay.http.caching;

import java.time.Duration;

/// For how long a stored response is fresh, and what is allowed after that (RFC 9111 §4.2, RFC
/// 5861). Computed once when it is stored or freshened.
///
/// @param lifetime from the response's generation, so its initial age counts; at most 2^31 s; zero
///   with `noCache`
/// @param staleWhileRevalidate after the lifetime; zero when forbidden or not granted
/// @param staleWhileRevalidateSource who says so
/// @param staleIfError after the lifetime; zero when forbidden or not granted
/// @param staleIfErrorSource who says so
/// @param staleWhenDisconnected after the lifetime, when the origin cannot be reached; zero when
///   forbidden
/// @param mustRevalidate no client may ask for it stale (§4.2.4: `must-revalidate`,
///   `proxy-revalidate`, `s-maxage`)
/// @param noCache never to be served without validation (§5.2.2.4, unqualified)
public record Freshness(
    Duration lifetime,
    FreshnessSource source,
    Duration staleWhileRevalidate,
    StaleSource staleWhileRevalidateSource,
    Duration staleIfError,
    StaleSource staleIfErrorSource,
    Duration staleWhenDisconnected,
    boolean mustRevalidate,
    boolean noCache) {

  /// §4.2: the lifetime is longer than the age.
  public boolean isFreshAt(Duration age) {
    return lifetime.compareTo(age) > 0;
  }

  /// How much longer it is fresh; zero or negative when it is stale.
  public Duration remainingAt(Duration age) {
    return lifetime.minus(age);
  }

  /// How long it has been stale; zero when it is fresh.
  public Duration stalenessAt(Duration age) {
    Duration over = age.minus(lifetime);
    return over.isNegative() ? Duration.ZERO : over;
  }

  /// The longest of the stale windows.
  public Duration longestStaleWindow() {
    Duration longest = staleWhileRevalidate;
    longest = staleIfError.compareTo(longest) > 0 ? staleIfError : longest;
    return staleWhenDisconnected.compareTo(longest) > 0 ? staleWhenDisconnected : longest;
  }
}
