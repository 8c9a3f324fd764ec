package io.forebay.cache.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Small sequences whose outcome is known, for the policies by name.
class NamedPoliciesTest {

  private static EvictionPolicy filled(String name, int entries) {
    EvictionPolicy policy = EvictionPolicies.named(name, Long.MAX_VALUE, entries, 1);
    for (int slot = 0; slot < entries; slot++) {
      policy.add(slot, Hashing.mix(slot), 1, EvictionPolicy.NEVER);
    }
    return policy;
  }

  private static int next(EvictionPolicy policy) {
    return policy.evict(0);
  }

  @Test
  void fifoIgnoresReadsAndLruDoesNot() {
    EvictionPolicy fifo = filled("fifo", 3);
    EvictionPolicy lru = filled("lru", 3);
    fifo.recordAccess(0);
    lru.recordAccess(0);
    assertThat(next(fifo)).isZero();
    assertThat(next(lru)).isEqualTo(1);
  }

  /// The example of the SIEVE paper, figure 2: of A to G with A, B and G read, the hand at A passes
  /// A and B, evicts C, then D after a newcomer.
  @Test
  void sieveKeepsWhatWasReadInItsPlace() {
    EvictionPolicy sieve = filled("sieve", 7);
    sieve.recordAccess(0);
    sieve.recordAccess(1);
    sieve.recordAccess(6);
    assertThat(next(sieve)).isEqualTo(2);
    sieve.add(7, 7, 1, EvictionPolicy.NEVER);
    assertThat(next(sieve)).isEqualTo(3);
    assertThat(sieve.evictionOrder(0)).containsExactly(0, 1, 4, 5, 6, 7);
  }

  @Test
  void lfuEvictsTheLeastUsedAndForgetsOldFavourites() {
    EvictionPolicy lfu = filled("lfu", 4);
    for (int i = 0; i < 200; i++) {
      lfu.recordAccess(0);
    }
    lfu.recordAccess(1);
    assertThat(next(lfu)).isEqualTo(2);
    for (int i = 0; i < 3_000; i++) {
      lfu.recordAccess(1);
    }
    assertThat(next(lfu)).as("the favourite of long ago").isZero();
  }

  @Test
  void ttlEvictsWhatExpiresSoonestAndTheEndlessLast() {
    EvictionPolicy ttl = EvictionPolicies.named("ttl", Long.MAX_VALUE, 10, 1);
    long[] expiries = {50, EvictionPolicy.NEVER, 20, 40, EvictionPolicy.NEVER, 30};
    for (int slot = 0; slot < expiries.length; slot++) {
      ttl.add(slot, slot, 1, expiries[slot]);
    }
    ttl.update(3, 1, 10);
    ttl.recordAccess(1);
    assertThat(ttl.evictionOrder(0)).containsExactly(3, 2, 5, 0, 4, 1);
    for (int expected : new int[] {3, 2}) {
      assertThat(next(ttl)).isEqualTo(expected);
    }
    ttl.add(2, 9, 1, 25);
    assertThat(next(ttl)).as("what was added last is spared").isEqualTo(5);
  }

  @Test
  void ttlFollowsExpiryUnderRandomUse() {
    Random random = new Random(3);
    EvictionPolicy ttl = EvictionPolicies.named("ttl", Long.MAX_VALUE, 50, 1);
    SlotPool slots = new SlotPool();
    long[] expiries = new long[200];
    for (int i = 0; i < 5_000; i++) {
      int slot = slots.take();
      expiries[slot] = random.nextInt(10) == 0 ? EvictionPolicy.NEVER : random.nextInt(1_000_000);
      ttl.add(slot, i, 1, expiries[slot]);
      while (ttl.isOverCapacity()) {
        long soonest =
            Arrays.stream(ttl.evictionOrder(0))
                .filter(held -> held != slot)
                .mapToLong(held -> expiries[held])
                .min()
                .orElseThrow();
        int victim = next(ttl);
        assertThat(expiries[victim]).isEqualTo(soonest);
        slots.release(victim);
      }
    }
  }

  @Test
  void s3FifoLetsOneHitWondersGoAndWelcomesGhosts() {
    EvictionPolicy policy = filled("s3-fifo", 20);
    policy.recordAccess(0);
    policy.recordAccess(0);
    policy.add(20, Hashing.mix(20), 1, EvictionPolicy.NEVER);
    assertThat(next(policy)).as("0 was read twice, 1 was not").isEqualTo(1);
    policy.add(1, Hashing.mix(1), 1, EvictionPolicy.NEVER);
    assertThat(next(policy)).isEqualTo(2);
    int[] order = policy.evictionOrder(0);
    assertThat(order[order.length - 1]).as("the ghost went to main").isEqualTo(1);
  }

  @Test
  void s3FifoRemembersNineTenthsAsManyGhostsAsEntries() {
    S3FifoPolicy policy = new S3FifoPolicy(Long.MAX_VALUE, 100);
    TestingWorkload.scan(5_000).hitRatio(policy);
    assertThat(policy.ghostLimit()).isEqualTo(90);
    assertThat(policy.ghostCount()).isEqualTo(90);
  }

  @Test
  void s3FifoRemembersInProportionWhenBytesBound() {
    S3FifoPolicy policy = new S3FifoPolicy(100, Long.MAX_VALUE);
    TestingWorkload.scan(5_000).hitRatio(policy);
    assertThat(policy.ghostLimit()).isBetween(54, 120);
  }

  @Test
  void wTinyLfuKeepsFavouritesThroughAScan() {
    TestingWorkload mixed =
        TestingWorkload.zipf(100_000, 10_000, 1.0, 1).with(TestingWorkload.scan(100_000), 2);
    assertThat(mixed.hitRatio("w-tinylfu", 500)).isGreaterThan(mixed.hitRatio("lru", 500) + 0.05);
  }

  @Test
  void wTinyLfuWidensItsWindowWhereRecencyCounts() {
    int[] keys = new int[400_000];
    Arrays.setAll(keys, i -> i / 3 + 100 - (i % 3) * 20);
    TestingWorkload recent = new TestingWorkload(keys);
    WTinyLfuPolicy policy = new WTinyLfuPolicy(Long.MAX_VALUE, 200, 1);
    double hitRatio = recent.hitRatio(policy);
    assertThat(policy.window()).isGreaterThan(0.1);
    assertThat(hitRatio).isGreaterThan(recent.hitRatio("lru", 200) - 0.05);
  }
}
