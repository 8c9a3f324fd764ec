package io.forebay.server.caches;

import java.util.OptionalLong;

/// What became of writing or deleting one entry. Everything but [Written], [Deleted] and [Pending]
/// changed nothing, as far as this node knows.
public sealed interface EntryWriteOutcome {

  /// @param created whether there was none before
  record Written(long version, boolean created) implements EntryWriteOutcome {}

  record Deleted(long version) implements EntryWriteOutcome {}

  /// There was nothing to delete.
  record Absent() implements EntryWriteOutcome {}

  /// @param present the version that is there, if any
  record PreconditionFailed(OptionalLong present) implements EntryWriteOutcome {}

  /// Done in the tier that nodes share, but the news could not reach the other nodes yet: one of
  /// them may serve the older value until its lease ends. They are told as soon as that is
  /// possible.
  ///
  /// @param version empty if the entry was deleted
  record Pending(OptionalLong version, String why) implements EntryWriteOutcome {}

  /// The tier behind the cache failed; this node keeps nothing under the key.
  ///
  /// @param mayHaveHappened whether the tier may have changed all the same
  record TierFailed(String why, boolean mayHaveHappened) implements EntryWriteOutcome {}

  record UnknownCache() implements EntryWriteOutcome {}

  record Invalid(Violation violation) implements EntryWriteOutcome {}
}
