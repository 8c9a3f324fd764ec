package io.forebay.cache.policy;

import java.util.NoSuchElementException;

/// What every policy shares: which slots hold an entry, what they weigh, and the two bounds.
///
/// Four bytes a slot, unless the policy keeps the weights among what it knows itself.
abstract class WeighedPolicy implements EvictionPolicy {

  private final Weights weights;

  private int size;
  private long weight;
  private long maxWeight;
  private long maxEntries;

  /// The slot that was added last, whether or not it still holds something.
  private int newcomer;

  WeighedPolicy(long maxWeightBytes, long maxEntries) {
    this(maxWeightBytes, maxEntries, new WeightColumn());
  }

  WeighedPolicy(long maxWeightBytes, long maxEntries, Weights weights) {
    this.weights = weights;
    setBounds(maxWeightBytes, maxEntries);
  }

  /// Takes in a slot that was empty; its weight is known already.
  abstract void added(int slot, long keyHash, long expiresAtNanos);

  abstract void accessed(int slot);

  /// The weight has changed already.
  abstract void updated(int slot, int oldWeight, long expiresAtNanos);

  /// Forgets a slot; its weight is still known.
  abstract void removed(int slot);

  /// Picks and forgets a slot; there is at least one. Weights are still known.
  abstract int victim(long nowNanos);

  void capacityChanged() {}

  @Override
  public final void add(int slot, long keyHash, int weightBytes, long expiresAtNanos) {
    if (slot < 0 || contains(slot)) {
      throw new IllegalArgumentException("slot " + slot + " is negative or taken");
    }
    checkWeight(weightBytes);
    weights.cover(slot);
    weights.set(slot, weightBytes);
    weight += weightBytes;
    size++;
    newcomer = slot;
    added(slot, keyHash, expiresAtNanos);
  }

  @Override
  public final void recordAccess(int slot) {
    if (contains(slot)) {
      accessed(slot);
    }
  }

  @Override
  public final void update(int slot, int weightBytes, long expiresAtNanos) {
    if (!contains(slot)) {
      return;
    }
    checkWeight(weightBytes);
    int old = weights.get(slot);
    weights.set(slot, weightBytes);
    weight += (long) weightBytes - old;
    updated(slot, old, expiresAtNanos);
  }

  @Override
  public final void remove(int slot) {
    if (contains(slot)) {
      removed(slot);
      vacate(slot);
    }
  }

  @Override
  public final int evict(long nowNanos) {
    if (size == 0) {
      throw new NoSuchElementException("no entry to evict");
    }
    int slot = victim(nowNanos);
    vacate(slot);
    return slot;
  }

  private void vacate(int slot) {
    weight -= weights.get(slot);
    weights.set(slot, 0);
    size--;
  }

  private static void checkWeight(int weightBytes) {
    if (weightBytes < 1) {
      throw new IllegalArgumentException("weight must be at least 1, was " + weightBytes);
    }
  }

  @Override
  public final void changeCapacity(long maxWeightBytes, long maxEntries) {
    setBounds(maxWeightBytes, maxEntries);
    capacityChanged();
  }

  private void setBounds(long maxWeightBytes, long maxEntries) {
    if (maxWeightBytes < 1 || maxEntries < 1) {
      throw new IllegalArgumentException(
          "bounds must be at least 1, were " + maxWeightBytes + " bytes, " + maxEntries);
    }
    this.maxWeight = maxWeightBytes;
    this.maxEntries = maxEntries;
  }

  @Override
  public final boolean isOverCapacity() {
    return weight > maxWeight || size > maxEntries;
  }

  @Override
  public final boolean contains(int slot) {
    return slot >= 0 && slot < weights.limit() && weights.get(slot) != 0;
  }

  @Override
  public final int size() {
    return size;
  }

  @Override
  public final long weightBytes() {
    return weight;
  }

  /// The slot that was added last, when it and another one hold something; else [SlotLists#NONE].
  /// Policies without a test of admission do not choose it.
  final int protectedNewcomer() {
    return size > 1 && contains(newcomer) ? newcomer : SlotLists.NONE;
  }

  final int weight(int slot) {
    return weights.get(slot);
  }

  final long maxWeight() {
    return maxWeight;
  }

  final long maxEntries() {
    return maxEntries;
  }
}
