package io.forebay.server.caches;

import io.forebay.cache.Cache;
import io.forebay.cache.CacheBounds;

/// Makes caches that share the node's memory.
@FunctionalInterface
public interface CacheEngine {

  /// A new, empty cache.
  ///
  /// @param evictionPolicy one of [io.forebay.cache.policy.EvictionPolicies#names]
  Cache<String, StoredValue> create(String name, CacheBounds bounds, String evictionPolicy);
}
