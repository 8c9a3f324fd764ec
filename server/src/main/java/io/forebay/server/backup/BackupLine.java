package io.forebay.server.backup;

/// A line of a backup after its first.
public sealed interface BackupLine permits BackupEntry, BackupLine.End {

  /// The last one, without which a backup is cut off.
  ///
  /// @param entries as many came before it
  record End(long entries) implements BackupLine {}
}
