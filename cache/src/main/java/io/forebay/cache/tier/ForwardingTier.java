package io.forebay.cache.tier;

import io.forebay.cache.Precondition;
import io.forebay.cache.Scope;
import java.time.Duration;
import java.util.Collection;
import java.util.Set;

/// A tier that stands before another and leaves all to it; for those that change only a few calls.
public abstract class ForwardingTier implements Tier {

  /// The other.
  protected final Tier tier;

  protected ForwardingTier(Tier tier) {
    this.tier = tier;
  }

  @Override
  public String kind() {
    return tier.kind();
  }

  @Override
  public Set<Ability> abilities() {
    return tier.abilities();
  }

  @Override
  public Duration deadline() {
    return tier.deadline();
  }

  @Override
  public Duration longestFill() {
    return tier.longestFill();
  }

  @Override
  public Duration longestLife() {
    return tier.longestLife();
  }

  @Override
  public TierCondition condition() {
    return tier.condition();
  }

  @Override
  public TierRead read(TierKey key) {
    return tier.read(key);
  }

  @Override
  public FillStart beginFill(TierKey key, boolean exclusive) {
    return tier.beginFill(key, exclusive);
  }

  @Override
  public TierWrite fill(FillStart.Ticket ticket, TierValue value) {
    return tier.fill(ticket, value);
  }

  @Override
  public void abandon(FillStart.Ticket ticket) {
    tier.abandon(ticket);
  }

  @Override
  public void awaitFill(TierKey key, Duration patience) throws InterruptedException {
    tier.awaitFill(key, patience);
  }

  @Override
  public TierWrite write(TierKey key, TierValue value, Precondition precondition, long proposed) {
    return tier.write(key, value, precondition, proposed);
  }

  @Override
  public TierRemoval remove(TierKey key, Precondition precondition) {
    return tier.remove(key, precondition);
  }

  @Override
  public Set<TierKey> removeAll(Collection<TierKey> keys) {
    return tier.removeAll(keys);
  }

  @Override
  public void withdraw(String cache, Scope scope) {
    tier.withdraw(cache, scope);
  }

  @Override
  public void close() {
    tier.close();
  }
}
