package io.forebay.benchmarks.tiers;

import io.forebay.cache.tier.ForwardingTier;
import io.forebay.cache.tier.Tier;

/// A tier that others close after use, and that is used again.
final class StayingOpen extends ForwardingTier {

  StayingOpen(Tier tier) {
    super(tier);
  }

  @Override
  public void close() {}
}
