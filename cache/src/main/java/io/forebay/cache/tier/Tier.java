package io.forebay.cache.tier;

import io.forebay.cache.Precondition;
import io.forebay.cache.Scope;
import java.time.Duration;
import java.util.Collection;
import java.util.Set;

/// A place for values outside this process, which other nodes may share.
///
/// **Slots.** A slot holds a versioned value, or is a tombstone, or nothing. Versions are given by
/// the tier: each change of a slot gets a greater one than any that the slot had while anybody may
/// remember it. Changes of one slot happen one after the other, whoever orders them.
///
/// **Fills are fenced.** What a source said is stored only if the slot has not been changed since
/// [#beginFill], which comes before the source is asked. That holds even when the value that
/// replaced the old one has been evicted or has expired meanwhile, and when the fill itself was
/// under way for long: tombstones outlive [#longestFill], and a fill that took longer is refused.
///
/// **Deadlines.** Every method waits, so it is called on virtual threads, but never longer than
/// [#deadline]. An expected failure is an outcome, not an exception.
///
/// Thread-safe.
public interface Tier extends AutoCloseable {

  /// What kind it is, as settings and metrics name it: `redis`.
  String kind();

  /// What it can do besides.
  Set<Ability> abilities();

  /// What not every tier can.
  enum Ability {
    /// Preconditions hold atomically, also against other nodes.
    COMPARE_AND_SET,
    /// Fills of one key by several nodes take turns.
    LEASES,
    /// Its values outlive this process.
    DURABLE
  }

  /// How long a call waits at most.
  Duration deadline();

  /// How long a fill may take from its beginning.
  Duration longestFill();

  /// How long a value may live, whatever its lifetime says.
  Duration longestLife();

  /// How it is now. Never waits.
  default TierCondition condition() {
    return TierCondition.UNKNOWN;
  }

  TierRead read(TierKey key);

  /// Notes the slot's state, before the source is asked.
  ///
  /// @param exclusive whether one of all nodes is to ask the source; without [Ability#LEASES] it
  ///   means nothing. An exclusive ticket must reach [#fill] or [#abandon]
  FillStart beginFill(TierKey key, boolean exclusive);

  /// Stores what the source said, unless the slot was changed since.
  TierWrite fill(FillStart.Ticket ticket, TierValue value);

  /// Ends an exclusive fill without a value. Idempotent; never fails.
  void abandon(FillStart.Ticket ticket);

  /// Waits until the exclusive fill of another node has ended, or may have; no longer than
  /// `patience`.
  void awaitFill(TierKey key, Duration patience) throws InterruptedException;

  /// Stores a client's value if the precondition holds of the slot.
  ///
  /// @param proposed a version by this node's clock, for tiers that have no clock of their own
  TierWrite write(TierKey key, TierValue value, Precondition precondition, long proposed);

  /// Removes the slot's value if the precondition holds, and refuses fills that began before.
  TierRemoval remove(TierKey key, Precondition precondition);

  /// Removes many, without preconditions.
  ///
  /// @return those of which it is not certain
  Set<TierKey> removeAll(Collection<TierKey> keys);

  /// Withdraws writes that have been acknowledged, wait to be carried out, and are covered by a
  /// hard invalidation of this scope: what they would have replaced is removed in their place.
  /// Tiers that let nothing wait do nothing.
  default void withdraw(String cache, Scope scope) {}

  /// Lets go of connections. Calls under way may fail.
  @Override
  void close();
}
