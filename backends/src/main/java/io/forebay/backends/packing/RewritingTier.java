package io.forebay.backends.packing;

import io.forebay.cache.Precondition;
import io.forebay.cache.Scope;
import io.forebay.cache.tier.FillStart;
import io.forebay.cache.tier.Tier;
import io.forebay.cache.tier.TierCondition;
import io.forebay.cache.tier.TierKey;
import io.forebay.cache.tier.TierRead;
import io.forebay.cache.tier.TierRemoval;
import io.forebay.cache.tier.TierValue;
import io.forebay.cache.tier.TierWrite;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/// A tier that rewrites values on their way into another and back. Slots, versions, fences and
/// deadlines are the other's.
///
/// Thread-safe.
abstract class RewritingTier implements Tier, ValueRewriting {

  private final Tier tier;

  RewritingTier(Tier tier) {
    this.tier = tier;
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

  // ---- as it is

  @Override
  public final String kind() {
    return tier.kind();
  }

  @Override
  public final Set<Ability> abilities() {
    return tier.abilities();
  }

  @Override
  public final Duration deadline() {
    return tier.deadline();
  }

  @Override
  public final Duration longestFill() {
    return tier.longestFill();
  }

  @Override
  public final Duration longestLife() {
    return tier.longestLife();
  }

  @Override
  public final FillStart beginFill(TierKey key, boolean exclusive) {
    return tier.beginFill(key, exclusive);
  }

  @Override
  public final void abandon(FillStart.Ticket ticket) {
    tier.abandon(ticket);
  }

  @Override
  public final void awaitFill(TierKey key, Duration patience) throws InterruptedException {
    tier.awaitFill(key, patience);
  }

  @Override
  public final TierRemoval remove(TierKey key, Precondition precondition) {
    return tier.remove(key, precondition);
  }

  @Override
  public final Set<TierKey> removeAll(Collection<TierKey> keys) {
    return tier.removeAll(keys);
  }

  @Override
  public final void withdraw(String cache, Scope scope) {
    tier.withdraw(cache, scope);
  }

  @Override
  public final void close() {
    tier.close();
  }
}
