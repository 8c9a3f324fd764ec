package io.forebay.server.caches;

import io.forebay.cache.Cache;
import java.time.Duration;

/// A cache of entries with what it was asked to be.
///
/// @param traits in force
/// @param defaultTtl in force: its own or the node's
public record NamedCache(
    Cache<String, StoredValue> cache,
    CacheSpecification specification,
    CacheTraits traits,
    Duration defaultTtl) {

  public String name() {
    return cache.name();
  }
}
