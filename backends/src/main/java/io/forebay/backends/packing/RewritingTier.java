package io.forebay.backends.packing;

import io.forebay.cache.Precondition;
import io.forebay.cache.tier.FillStart;
import io.forebay.cache.tier.ForwardingTier;
import io.forebay.cache.tier.Tier;
import io.forebay.cache.tier.TierCondition;
import io.forebay.cache.tier.TierKey;
import io.forebay.cache.tier.TierRead;
import io.forebay.cache.tier.TierValue;
import io.forebay.cache.tier.TierWrite;
import java.util.HashMap;
import java.util.Map;

/// A tier that rewrites values on their way into another and back. Slots, versions, fences and
/// deadlines are the other's.
///
/// Thread-safe.
abstract class RewritingTier extends ForwardingTier implements ValueRewriting {

  RewritingTier(Tier tier) {
    super(tier);
  }

  /// What was counted, as [TierCondition#events] has it.
  abstract Map<String, Long> counted();

  @Override
  public final TierRead read(TierKey key) {
    return switch (tier.read(key)) {
      case TierRead.Found(var stored, long version, var age) ->
          restored(key, stored)
              .<TierRead>map(value -> new TierRead.Found(value, version, age))
              .orElseGet(TierRead.Absent::new);
      case TierRead.Absent absent -> absent;
      case TierRead.Unavailable unavailable -> unavailable;
    };
  }

  @Override
  public final TierWrite fill(FillStart.Ticket ticket, TierValue value) {
    return tier.fill(ticket, rewritten(ticket.key(), value));
  }

  @Override
  public final TierWrite write(
      TierKey key, TierValue value, Precondition precondition, long proposed) {
    return tier.write(key, rewritten(key, value), precondition, proposed);
  }

  @Override
  public final TierCondition condition() {
    TierCondition of = tier.condition();
    Map<String, Long> events = new HashMap<>(of.events());
    events.putAll(counted());
    return new TierCondition(
        of.connected(), of.breaker(), of.bytes(), of.values(), of.underWay(), of.backlog(), events);
  }
}
