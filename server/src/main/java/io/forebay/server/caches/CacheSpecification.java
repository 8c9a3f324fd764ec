package io.forebay.server.caches;

import java.time.Duration;
import java.util.Optional;

/// What a cache is asked to be; empty parts are the node's defaults.
///
/// @param maxBytes at least 1
/// @param maxEntries at least 1
/// @param defaultTtl zero or more
/// @param evictionPolicy one of [io.forebay.cache.policy.EvictionPolicies#names]
public record CacheSpecification(
    Optional<Long> maxBytes,
    Optional<Long> maxEntries,
    Optional<Duration> defaultTtl,
    Optional<String> evictionPolicy) {

  public static final CacheSpecification DEFAULTS =
      new CacheSpecification(
          Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
}
