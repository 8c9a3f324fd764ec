package io.forebay.http.caching;

/// What the window was read from in which a stored response may be served stale (RFC 5861), or
/// which rule of the operator's it is.
public enum StaleSource {
  /// The response says it.
  RESPONSE,
  /// The operator's window for responses that say nothing.
  POLICY,
  /// The operator's window for this status code.
  POLICY_STATUS,
  /// The operator's window in place of what the response says.
  POLICY_OVERRIDE,
  /// The operator's minimum: the response says less.
  POLICY_MINIMUM,
  /// The operator's maximum: it would be more.
  POLICY_MAXIMUM,
  /// A directive lets nobody serve it stale (RFC 9111 §4.2.4); the window is zero.
  FORBIDDEN,
  /// Nobody says anything; the window is zero.
  NONE
}
