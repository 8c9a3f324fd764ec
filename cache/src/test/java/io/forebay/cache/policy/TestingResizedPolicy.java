package io.forebay.cache.policy;

/// A policy whose bound on entries alternates between two values.
final class TestingResizedPolicy extends TestingDelegatingPolicy {

  private final int large;
  private final int small;
  private final int every;
  private int additions;

  TestingResizedPolicy(EvictionPolicy policy, int large, int small, int every) {
    super(policy);
    this.large = large;
    this.small = small;
    this.every = every;
  }

  @Override
  public void add(int slot, long keyHash, int weightBytes, long expiresAtNanos) {
    super.add(slot, keyHash, weightBytes, expiresAtNanos);
    if (++additions % every == 0) {
      changeCapacity(Long.MAX_VALUE, additions / every % 2 == 0 ? large : small);
    }
  }
}
