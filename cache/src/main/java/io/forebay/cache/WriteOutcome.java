package io.forebay.cache;

import java.util.OptionalLong;

/// What became of a write.
public sealed interface WriteOutcome {

  /// Stored. Versions grow with every write on a node and are never used twice, also across
  /// restarts.
  ///
  /// @param version the entry's new version
  /// @param replaced whether an entry was there before
  record Stored(long version, boolean replaced) implements WriteOutcome {}

  /// The precondition did not hold; nothing changed.
  ///
  /// @param present the version that is there, if any
  record PreconditionFailed(OptionalLong present) implements WriteOutcome {}

  /// Refused; nothing changed.
  record Refused(Reason reason) implements WriteOutcome {}

  /// Why a write was refused.
  enum Reason {
    /// An invalidation covering it came after the load began.
    INVALIDATED_SINCE,
    /// A newer write of the key came after the load began.
    OVERTAKEN,
    /// It alone is heavier than the cache may become.
    TOO_LARGE,
    /// The policy judged it not worth a place (never for a client's `put`).
    NOT_ADMITTED,
    /// The cache is closed.
    CLOSED
  }
}
