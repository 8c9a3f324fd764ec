package io.forebay.cache.tier;

import java.util.OptionalLong;

/// What became of a client's removal through the tiers.
public sealed interface TieredRemoval {

  record Removed(long version) implements TieredRemoval {}

  record Absent() implements TieredRemoval {}

  /// Removed from the tier, but the log could not take the news yet; as [TieredWrite.Unannounced].
  record Unannounced(String reason) implements TieredRemoval {}

  record PreconditionFailed(OptionalLong present) implements TieredRemoval {}

  /// The tier failed; this node keeps nothing under the key.
  record Unavailable(TierFailure failure) implements TieredRemoval {}
}
