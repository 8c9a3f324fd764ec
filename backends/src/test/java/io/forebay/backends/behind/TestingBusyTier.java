package io.forebay.backends.behind;

import io.forebay.cache.Precondition;
import io.forebay.cache.tier.ForwardingTier;
import io.forebay.cache.tier.Tier;
import io.forebay.cache.tier.TierFailure;
import io.forebay.cache.tier.TierKey;
import io.forebay.cache.tier.TierValue;
import io.forebay.cache.tier.TierWrite;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// A real tier that takes two of three writes only when they come again, so that they wait longer
/// than a moment.
final class TestingBusyTier extends ForwardingTier {

  private record Tried(TierKey key, long version) {}

  private final Set<Tried> tried = ConcurrentHashMap.newKeySet();

  TestingBusyTier(Tier tier) {
    super(tier);
  }

  @Override
  public TierWrite write(TierKey key, TierValue value, Precondition precondition, long proposed) {
    if (proposed % 3 != 0 && tried.add(new Tried(key, proposed))) {
      return new TierWrite.Unavailable(new TierFailure(TierFailure.Kind.BUSY, "not now"));
    }
    return tier.write(key, value, precondition, proposed);
  }
}
