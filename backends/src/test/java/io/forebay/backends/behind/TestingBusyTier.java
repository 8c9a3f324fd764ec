package io.forebay.backends.behind;

import io.forebay.cache.Precondition;
import io.forebay.cache.tier.FillStart;
import io.forebay.cache.tier.Tier;
import io.forebay.cache.tier.TierCondition;
import io.forebay.cache.tier.TierFailure;
import io.forebay.cache.tier.TierKey;
import io.forebay.cache.tier.TierRead;
import io.forebay.cache.tier.TierRemoval;
import io.forebay.cache.tier.TierValue;
import io.forebay.cache.tier.TierWrite;
import java.time.Duration;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// A real tier that takes two of three writes only when they come again, so that they wait longer
/// than a moment.
final class TestingBusyTier implements Tier {

  private record Tried(TierKey key, long version) {}

  private final Tier tier;
  private final Set<Tried> tried = ConcurrentHashMap.newKeySet();

  TestingBusyTier(Tier tier) {
    this.tier = tier;
  }

  @Override
  public TierWrite write(TierKey key, TierValue value, Precondition precondition, long proposed) {
    if (proposed % 3 != 0 && tried.add(new Tried(key, proposed))) {
      return new TierWrite.Unavailable(new TierFailure(TierFailure.Kind.BUSY, "not now"));
    }
    return tier.write(key, value, precondition, proposed);
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
  public TierRemoval remove(TierKey key, Precondition precondition) {
    return tier.remove(key, precondition);
  }

  @Override
  public Set<TierKey> removeAll(Collection<TierKey> keys) {
    return tier.removeAll(keys);
  }

  @Override
  public void close() {
    tier.close();
  }
}
