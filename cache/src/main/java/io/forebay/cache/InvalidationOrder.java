package io.forebay.cache;

import java.util.Optional;

/// One operation that somebody asks for.
///
/// @param cache the cache it is about; empty for every cache of the node
public record InvalidationOrder(Optional<String> cache, Scope scope, Invalidation.Mode mode) {

  /// Whether it is about the cache of this name.
  public boolean concerns(String name) {
    return cache.isEmpty() || cache.get().equals(name);
  }
}
