package io.forebay.cache.policy;

/// What `auto` maximizes in a cache that is bounded in bytes.
public enum HitObjective {
  /// The share of requests that hit: an entry is worth its expected hits per byte.
  OBJECTS,
  /// The share of requested bytes that hit: an entry is worth its expected hits, with a slight
  /// preference for small ones.
  BYTES
}
