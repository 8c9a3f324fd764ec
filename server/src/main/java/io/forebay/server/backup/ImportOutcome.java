package io.forebay.server.backup;

/// How an import ended.
public sealed interface ImportOutcome {

  ImportReport report();

  record Done(ImportReport report) implements ImportOutcome {}

  /// A line is wrong, or the backup ends too early. What was said of the lines before it happened;
  /// a few behind it may have been carried out as well.
  record BadBackup(long line, BadLine what, ImportReport report) implements ImportOutcome {}

  record UnknownCache(long line, String name, ImportReport report) implements ImportOutcome {}

  /// Nothing happened: this node's history does not reach back to the backup.
  record HistoryUnknown(ImportReport report) implements ImportOutcome {}

  /// A tier could not take an entry. It may be sent again.
  record TierFailed(long line, String why, ImportReport report) implements ImportOutcome {}
}
