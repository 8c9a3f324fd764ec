package io.forebay.server.caches;

import io.forebay.cache.Cache;
import io.forebay.cache.tier.TieredCache;
import java.time.Duration;
import java.util.Optional;

/// A cache of entries with what it was asked to be.
///
/// @param tiered the same cache with the tier behind it, if it has one
/// @param traits in force
/// @param defaultTtl in force: its own or the node's
public record NamedCache(
    Cache<String, StoredValue> cache,
    Optional<TieredCache<StoredValue>> tiered,
    CacheSpecification specification,
    CacheTraits traits,
    Duration defaultTtl) {

  public String name() {
    return cache.name();
  }
}
