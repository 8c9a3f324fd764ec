package io.forebay.http.caching;

/// An operator's say in the windows in which stored responses may be served stale: for each the
/// same rules as for lifetimes, general and by status.
///
/// Unlike a lifetime, a window that is the default for responses that say nothing holds for errors
/// too; an override and a minimum do not, unless their status is named.
///
/// @param whileRevalidate RFC 5861 §3
/// @param ifError RFC 5861 §4
public record StaleRules(LifetimeRules whileRevalidate, LifetimeRules ifError) {

  public static final StaleRules NONE = new StaleRules(LifetimeRules.NONE, LifetimeRules.NONE);

  /// Whether the operator grants a window of his own to responses of this status, whatever they
  /// say.
  boolean grant(int status) {
    return whileRevalidate.forStaleWindow(status).rule().override().isPresent()
        || ifError.forStaleWindow(status).rule().override().isPresent();
  }
}
