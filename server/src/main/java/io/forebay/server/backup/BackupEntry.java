package io.forebay.server.backup;

import io.forebay.cache.Position;
import io.forebay.server.caches.StoredValue;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// An entry of a backup.
///
/// @param created when it was stored; empty if nobody knows, which is older than anything
/// @param freshUntil empty if it is fresh for ever
/// @param staleUntil not before that
/// @param version as it was; 0 if nobody knows
/// @param loadBegan where in the log its load began; empty if nobody knows
public record BackupEntry(
    String cache,
    String key,
    StoredValue value,
    List<String> tags,
    Map<String, String> metadata,
    Optional<Instant> created,
    Optional<Instant> freshUntil,
    Optional<Instant> staleUntil,
    long version,
    Optional<Position> loadBegan)
    implements BackupLine {

  public BackupEntry {
    tags = List.copyOf(tags);
    metadata = Map.copyOf(metadata);
  }

  /// The same entry for another cache.
  BackupEntry in(String other) {
    return new BackupEntry(
        other, key, value, tags, metadata, created, freshUntil, staleUntil, version, loadBegan);
  }
}
