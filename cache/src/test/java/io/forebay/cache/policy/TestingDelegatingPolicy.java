package io.forebay.cache.policy;

/// Passes everything on.
class TestingDelegatingPolicy implements EvictionPolicy {

  private final EvictionPolicy policy;

  TestingDelegatingPolicy(EvictionPolicy policy) {
    this.policy = policy;
  }

  @Override
  public String name() {
    return policy.name();
  }

  @Override
  public void add(int slot, long keyHash, int weightBytes, long expiresAtNanos) {
    policy.add(slot, keyHash, weightBytes, expiresAtNanos);
  }

  @Override
  public void recordAccess(int slot) {
    policy.recordAccess(slot);
  }

  @Override
  public void update(int slot, int weightBytes, long expiresAtNanos) {
    policy.update(slot, weightBytes, expiresAtNanos);
  }

  @Override
  public void remove(int slot) {
    policy.remove(slot);
  }

  @Override
  public boolean isOverCapacity() {
    return policy.isOverCapacity();
  }

  @Override
  public int evict(long nowNanos) {
    return policy.evict(nowNanos);
  }

  @Override
  public void changeCapacity(long maxWeightBytes, long maxEntries) {
    policy.changeCapacity(maxWeightBytes, maxEntries);
  }

  @Override
  public boolean contains(int slot) {
    return policy.contains(slot);
  }

  @Override
  public int size() {
    return policy.size();
  }

  @Override
  public long weightBytes() {
    return policy.weightBytes();
  }

  @Override
  public int[] evictionOrder(long nowNanos) {
    return policy.evictionOrder(nowNanos);
  }
}
