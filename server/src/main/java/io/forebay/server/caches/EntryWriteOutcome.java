package io.forebay.server.caches;

import java.util.OptionalLong;

/// What became of writing or deleting one entry. Everything but [Written] and [Deleted] changed
/// nothing.
public sealed interface EntryWriteOutcome {

  /// @param created whether there was none before
  record Written(long version, boolean created) implements EntryWriteOutcome {}

  record Deleted(long version) implements EntryWriteOutcome {}

  /// There was nothing to delete.
  record Absent() implements EntryWriteOutcome {}

  /// @param present the version that is there, if any
  record PreconditionFailed(OptionalLong present) implements EntryWriteOutcome {}

  record UnknownCache() implements EntryWriteOutcome {}

  record Invalid(Violation violation) implements EntryWriteOutcome {}
}
