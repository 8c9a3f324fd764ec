package io.forebay.http.caching;

/// What a response's freshness lifetime was read from (RFC 9111 §4.2.1), the strongest first, or
/// which rule of the operator's it is.
public enum FreshnessSource {
  /// A targeted cache control field (RFC 9213).
  TARGETED,
  SURROGATE_CONTROL,
  S_MAXAGE,
  MAX_AGE,
  EXPIRES,
  /// Guessed (RFC 9111 §4.2.2).
  HEURISTIC,
  /// The operator's lifetime for responses that say nothing.
  POLICY,
  /// The operator's lifetime for this status code.
  POLICY_STATUS,
  /// The operator's lifetime in place of what the response says.
  POLICY_OVERRIDE,
  /// The operator's minimum: the response says less.
  POLICY_MINIMUM,
  /// The operator's maximum: it would be more.
  POLICY_MAXIMUM,
  /// Nothing says how long; the lifetime is zero.
  NONE
}
