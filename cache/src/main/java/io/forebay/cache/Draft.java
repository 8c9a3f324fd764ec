package io.forebay.cache;

import java.util.List;
import java.util.Map;

/// What a caller hands to a cache to be kept.
///
/// @param value the value; a [ReferenceCounted] one is retained by the cache itself if it is
///   stored, and the caller keeps its own reference
/// @param lifetime how long it is fresh, and how long it is kept beyond that
/// @param tags exact names for invalidation, without duplicates; at most 65,535
/// @param metadata free text pairs that travel with the entry
public record Draft<V>(
    V value, Lifetime lifetime, List<String> tags, Map<String, String> metadata) {

  public Draft {
    tags = List.copyOf(tags);
    metadata = Map.copyOf(metadata);
  }

  /// A draft without tags or metadata.
  public static <V> Draft<V> of(V value, Lifetime lifetime) {
    return new Draft<>(value, lifetime, List.of(), Map.of());
  }
}
