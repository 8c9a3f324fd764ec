package io.forebay.http.caching;

import java.time.Duration;
import java.util.Optional;

/// The windows in which a stored response may be served stale, by what the response says, the
/// route's rules and the node's usual windows.
///
/// An explicit `stale-if-error`, of the response or in its place the operator's, also bounds what
/// is served while the origin cannot be reached, and so does the operator's maximum.
record StaleWindows(Window whileRevalidate, Window ifError, Duration whenDisconnected) {

  /// @param span from the end of the freshness lifetime
  record Window(Duration span, StaleSource source) {
    static final Window FORBIDDEN = new Window(Duration.ZERO, StaleSource.FORBIDDEN);
    static final Window NONE = new Window(Duration.ZERO, StaleSource.NONE);
  }

  /// What of the windows the response leaves (RFC 9111 §4.2.4).
  enum Permission {
    /// Each of them.
    ANY,
    /// Only what stands beside an `s-maxage`, where the operator has chosen that it counts.
    EXPLICIT,
    /// None: `no-cache`, `must-revalidate`, `proxy-revalidate`, `s-maxage`.
    NONE
  }

  static StaleWindows of(
      Permission permission, CacheControl directives, int status, CachePolicy policy) {
    LifetimeRules.Applied whileRevalidate =
        policy.staleRules().whileRevalidate().forStaleWindow(status);
    LifetimeRules.Applied ifError = policy.staleRules().ifError().forStaleWindow(status);
    return new StaleWindows(
        window(
            permission,
            directives.staleWhileRevalidate(),
            whileRevalidate,
            policy.staleWhileRevalidate()),
        window(permission, directives.staleIfError(), ifError, policy.staleIfError()),
        whenDisconnected(
            permission, directives.staleIfError(), ifError, policy.staleWhenDisconnected()));
  }

  /// @param usual the node's, where neither the response nor the route says anything
  private static Window window(
      Permission permission,
      Optional<Duration> stated,
      LifetimeRules.Applied applied,
      Duration usual) {
    return switch (permission) {
      case ANY -> window(stated, applied, usual);
      case EXPLICIT ->
          stated
              .map(span ->
                  bounded(new Window(span, StaleSource.RESPONSE), applied.rule().onlyMaximum()))
              .orElse(Window.FORBIDDEN);
      case NONE -> Window.FORBIDDEN;
    };
  }

  private static Window window(
      Optional<Duration> stated, LifetimeRules.Applied applied, Duration usual) {
    LifetimeRule rule = applied.rule();
    if (rule.override().isPresent()) {
      return bounded(new Window(rule.override().get(), StaleSource.POLICY_OVERRIDE), rule);
    }
    if (stated.isPresent()) {
      return bounded(new Window(stated.get(), StaleSource.RESPONSE), rule);
    }
    if (rule.unstated().isPresent()) {
      StaleSource source = applied.isStated() ? StaleSource.POLICY_STATUS : StaleSource.POLICY;
      return bounded(new Window(rule.unstated().get(), source), rule);
    }
    return usual.isZero() ? Window.NONE : bounded(new Window(usual, StaleSource.POLICY), rule);
  }

  private static Window bounded(Window window, LifetimeRule rule) {
    Window raised =
        rule.minimum()
            .filter(least -> least.compareTo(window.span()) > 0)
            .map(least -> new Window(least, StaleSource.POLICY_MINIMUM))
            .orElse(window);
    return rule.maximum()
        .filter(most -> most.compareTo(raised.span()) < 0)
        .map(most -> new Window(most, StaleSource.POLICY_MAXIMUM))
        .orElse(raised);
  }

  private static Duration whenDisconnected(
      Permission permission,
      Optional<Duration> stated,
      LifetimeRules.Applied ifError,
      Duration usual) {
    boolean isExplicit = stated.isPresent() || ifError.rule().override().isPresent();
    if (permission != Permission.ANY || isExplicit) {
      return window(permission, stated, ifError, Duration.ZERO).span();
    }
    return ifError.rule().maximum().filter(most -> most.compareTo(usual) < 0).orElse(usual);
  }
}
