package io.forebay.cache.tier;

import java.time.Duration;

/// What came of wanting to fill a slot.
public sealed interface FillStart {

  /// The right to fill it: the source may be asked now.
  record Granted(Ticket ticket) implements FillStart {}

  /// Another node is asking the source for the same key.
  ///
  /// @param left until it is taken for lost
  record Elsewhere(Duration left) implements FillStart {}

  record Unavailable(TierFailure failure) implements FillStart {}

  /// Notes what the tier must know to tell whether the slot was changed since. Of one tier, and of
  /// one connection to it.
  interface Ticket {
    TierKey key();
  }
}
