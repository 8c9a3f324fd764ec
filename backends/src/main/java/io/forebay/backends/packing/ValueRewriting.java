package io.forebay.backends.packing;

import io.forebay.cache.tier.TierKey;
import io.forebay.cache.tier.TierValue;
import java.util.Optional;

/// How values look where they lie.
public interface ValueRewriting {

  /// The value as it is stored.
  TierValue rewritten(TierKey key, TierValue value);

  /// The value as it was; empty if it cannot be had, which has been counted.
  Optional<TierValue> restored(TierKey key, TierValue stored);
}
