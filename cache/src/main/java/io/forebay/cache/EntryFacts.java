package io.forebay.cache;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/// Everything about an entry but its value, at one moment. Instants are wall-clock, for people.
///
/// @param weightBytes what it costs, overhead included
public record EntryFacts<K>(
    K key,
    long version,
    List<String> tags,
    Map<String, String> metadata,
    Instant created,
    Instant freshUntil,
    Instant staleUntil,
    Instant accessed,
    long accessCount,
    long weightBytes,
    Position loadBegan,
    boolean fresh) {}
