package io.forebay.cache.policy;

import java.util.Random;

/// A policy that learns of some hits only, as when a read buffer overflows.
final class TestingLossyPolicy extends TestingDelegatingPolicy {

  private final Random random = new Random(1);
  private final double lost;

  TestingLossyPolicy(EvictionPolicy policy, double lost) {
    super(policy);
    this.lost = lost;
  }

  @Override
  public void recordAccess(int slot) {
    if (random.nextDouble() >= lost) {
      super.recordAccess(slot);
    }
  }
}
