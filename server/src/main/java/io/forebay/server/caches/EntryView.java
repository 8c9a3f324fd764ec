package io.forebay.server.caches;

import io.forebay.cache.EntryFacts;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// An entry as a client reads it, at one moment.
///
/// @param age since it was stored
/// @param fresh whether it is fresh
/// @param freshLeft until it is no longer fresh by its lifetime; negative if that is past
/// @param stale how long it is kept beyond its fresh span
/// @param facts everything else, as a listing shows it
/// @param suspect whether the node may have missed invalidations
public record EntryView(
    String key,
    StoredValue value,
    long version,
    List<String> tags,
    Map<String, String> metadata,
    Duration age,
    boolean fresh,
    Duration freshLeft,
    Duration stale,
    EntryFacts<String> facts,
    boolean suspect) {

  /// How long it was to be fresh when it was written, to the millisecond.
  public Duration lifetime() {
    return Duration.ofMillis(Math.round(age.plus(freshLeft).toNanos() / 1e6));
  }
}
