package io.forebay.server.caches;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a client asks to be stored.
///
/// @param fresh how long it is fresh; empty for the cache's default
/// @param stale how long it may be served stale after that; empty for not at all
public record EntryDraft(
    StoredValue value,
    Optional<Duration> fresh,
    Optional<Duration> stale,
    List<String> tags,
    Map<String, String> metadata) {

  public EntryDraft {
    tags = List.copyOf(tags);
    metadata = Map.copyOf(metadata);
  }

  public static EntryDraft of(StoredValue value) {
    return new EntryDraft(value, Optional.empty(), Optional.empty(), List.of(), Map.of());
  }
}
