package io.forebay.http.caching;

/// What a response's freshness lifetime was read from (RFC 9111 §4.2.1), the strongest first.
public enum FreshnessSource {
  /// A targeted cache control field (RFC 9213).
  TARGETED,
  SURROGATE_CONTROL,
  S_MAXAGE,
  MAX_AGE,
  EXPIRES,
  /// Guessed (RFC 9111 §4.2.2).
  HEURISTIC,
  /// The operator's default lifetime.
  POLICY,
  /// Nothing says how long; the lifetime is zero.
  NONE
}
