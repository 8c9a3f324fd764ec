package io.forebay.cache;

import java.util.OptionalLong;

/// What became of a removal.
public sealed interface RemoveOutcome {

  /// It was there and is gone.
  record Removed(long version) implements RemoveOutcome {}

  /// There was nothing; earlier loads of the key are fenced all the same.
  record Absent() implements RemoveOutcome {}

  /// The precondition did not hold; nothing changed.
  record PreconditionFailed(OptionalLong present) implements RemoveOutcome {}
}
