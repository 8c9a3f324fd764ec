package io.forebay.cache.tier;

import io.forebay.cache.WriteOutcome;
import java.util.OptionalLong;

/// What became of a client's write through the tiers.
public sealed interface TieredWrite {

  /// In the tier, and every node knows or will know before its lease is extended.
  record Stored(long version, boolean replaced) implements TieredWrite {}

  /// In the tier, but the log could not take the news yet: another node may serve the older value
  /// until its lease ends. To be reported as pending.
  ///
  /// @param reason for the operator
  record Unannounced(long version, boolean replaced, String reason) implements TieredWrite {}

  record PreconditionFailed(OptionalLong present) implements TieredWrite {}

  /// Nothing changed.
  record Refused(WriteOutcome.Reason reason) implements TieredWrite {}

  /// The tier failed; this node keeps nothing under the key.
  record Unavailable(TierFailure failure) implements TieredWrite {}
}
