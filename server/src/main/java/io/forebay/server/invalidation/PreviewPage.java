package io.forebay.server.invalidation;

import io.forebay.cache.EntryFacts;
import java.util.List;
import java.util.Optional;

/// What orders would cover now: totals, and a page of the entries, by cache and key.
///
/// @param caches those that may hold any, by name
/// @param next where the following page begins; empty if this is the last
public record PreviewPage(List<CacheTotal> caches, List<Match> matches, Optional<Cursor> next) {

  public PreviewPage {
    caches = List.copyOf(caches);
    matches = List.copyOf(matches);
  }

  /// What one cache would lose, each entry counted once.
  public record CacheTotal(String cache, long entries, long weightBytes) {}

  public record Match(String cache, EntryFacts<String> facts) {}

  /// The entry that a page ended with.
  public record Cursor(String cache, String key) {}

  public long entries() {
    return caches.stream().mapToLong(CacheTotal::entries).sum();
  }

  public long weightBytes() {
    return caches.stream().mapToLong(CacheTotal::weightBytes).sum();
  }
}
