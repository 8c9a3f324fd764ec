package io.forebay.cache.tier;

import java.util.OptionalLong;

/// What came of changing a slot.
public sealed interface TierWrite {

  /// @param version the slot's new version, greater than any before
  /// @param replaced whether there was a value
  record Stored(long version, boolean replaced) implements TierWrite {}

  /// The precondition did not hold; nothing changed.
  ///
  /// @param present the version that is there, if any
  record PreconditionFailed(OptionalLong present) implements TierWrite {}

  /// The slot was changed since the fill began, or the fill took too long to know; nothing changed.
  record Overtaken() implements TierWrite {}

  /// The tier takes no value of this size; nothing changed.
  record TooLarge() implements TierWrite {}

  record Unavailable(TierFailure failure) implements TierWrite {}
}
