package io.forebay.cache.tier;

import java.util.OptionalLong;

/// What came of removing a slot's value.
public sealed interface TierRemoval {

  /// @param version of what was there
  record Removed(long version) implements TierRemoval {}

  /// There was nothing; fills that began before are refused all the same.
  record Absent() implements TierRemoval {}

  /// The precondition did not hold; nothing changed.
  record PreconditionFailed(OptionalLong present) implements TierRemoval {}

  record Unavailable(TierFailure failure) implements TierRemoval {}
}
