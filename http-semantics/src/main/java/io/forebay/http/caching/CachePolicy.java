package io.forebay.http.caching;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// An operator's choices, where RFC 9111 leaves any. Immutable; start from [#defaults] and change
/// with the `with…` methods.
///
/// @param targetedFields targeted cache control fields by preference (RFC 9213 §2.2)
/// @param surrogateControl whether `Surrogate-Control` is heeded, after the targeted fields
/// @param defaultLifetime the lifetime of a storable response that says nothing and for which there
///   is no heuristic; empty: such a response is not fresh at all
/// @param heuristics how to guess a lifetime (RFC 9111 §4.2.2)
/// @param setCookie what becomes of responses that set a cookie
/// @param staleWhileRevalidate the window where the response does not say (RFC 5861 §3)
/// @param staleIfError the window where the response does not say (RFC 5861 §4)
/// @param staleWhenDisconnected how stale a response may be served when the origin cannot be
///   reached and nothing forbids it (RFC 9111 §4.2.4)
/// @param maxLifetime longer lifetimes are cut to this
/// @param keepForValidation how long a stale response with a validator is worth keeping
/// @param doNotCollapseFor for how long requests for a resource that proved unshareable are not
///   collapsed (known elsewhere as hit-for-miss)
/// @param clientDirectives whether a request's wishes for newer content are followed
public record CachePolicy(
    List<String> targetedFields,
    boolean surrogateControl,
    Optional<Duration> defaultLifetime,
    Heuristics heuristics,
    SetCookie setCookie,
    Duration staleWhileRevalidate,
    Duration staleIfError,
    Duration staleWhenDisconnected,
    Duration maxLifetime,
    Duration keepForValidation,
    Duration doNotCollapseFor,
    ClientDirectives clientDirectives) {

  /// How a lifetime is guessed from `Last-Modified` (RFC 9111 §4.2.2).
  ///
  /// @param percent of the time between `Last-Modified` and `Date`; 0 turns guessing off
  /// @param max no guess is longer
  public record Heuristics(int percent, Duration max) {
    public static final Heuristics OFF = new Heuristics(0, Duration.ZERO);

    public boolean isOn() {
      return percent > 0;
    }
  }

  /// What becomes of a response that sets a cookie. RFC 9111 §7.3 lets a cache store it; stored by
  /// mistake, one client's session is served to others.
  public enum SetCookie {
    /// Stored when the origin says in so many words that it is for a shared cache: `public`,
    /// `s-maxage`, or a targeted field.
    STORE_IF_MARKED_SHARED,
    /// Stored like any other, the cookie with it: plain RFC 9111.
    STORE,
    /// Stored like any other, but without the cookie, which only the first client gets.
    STORE_WITHOUT,
    /// Never stored.
    DO_NOT_STORE
  }

  /// Whether `no-cache`, `max-age`, `min-fresh`, `no-store` and `Pragma: no-cache` in a request are
  /// followed. `only-if-cached` and `max-stale` spare the origin and always are.
  public enum ClientDirectives {
    FOLLOW,
    IGNORE
  }

  public CachePolicy {
    targetedFields = List.copyOf(targetedFields);
  }

  /// What a careful operator wants.
  public static CachePolicy defaults() {
    return new CachePolicy(
        List.of("Forebay-Cache-Control", "CDN-Cache-Control"),
        true,
        Optional.empty(),
        new Heuristics(10, Duration.ofDays(1)),
        SetCookie.STORE_IF_MARKED_SHARED,
        Duration.ZERO,
        Duration.ZERO,
        Duration.ofHours(1),
        Duration.ofDays(365),
        Duration.ofDays(1),
        Duration.ofMinutes(2),
        ClientDirectives.FOLLOW);
  }
}
