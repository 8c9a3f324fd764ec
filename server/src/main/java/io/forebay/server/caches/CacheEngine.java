package io.forebay.server.caches;

import io.forebay.cache.Cache;

/// Makes caches that share the node's memory.
@FunctionalInterface
public interface CacheEngine {

  /// A new, empty cache.
  Cache<String, StoredValue> create(String name, CacheTraits traits);
}
