package io.forebay.server.backup;

import io.forebay.cache.InvalidationHistory;
import java.util.List;
import java.util.Optional;

/// A backup's first line.
///
/// @param taken the moment before its first entry was looked at; empty for values that come from
///   elsewhere and are current
/// @param caches whose entries follow, as far as it says
public record BackupHeader(Optional<InvalidationHistory.Moment> taken, List<String> caches) {

  public BackupHeader {
    caches = List.copyOf(caches);
  }
}
