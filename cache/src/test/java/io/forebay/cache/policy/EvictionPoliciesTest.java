package io.forebay.cache.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What every policy promises, whatever its order.
class EvictionPoliciesTest {

  private static final long UNBOUNDED = Long.MAX_VALUE;

  static List<String> names() {
    return EvictionPolicies.names();
  }

  private static EvictionPolicy policy(String name, long maxWeight, long maxEntries) {
    return EvictionPolicies.named(name, maxWeight, maxEntries, 42);
  }

  @Test
  void anUnknownNameIsRefusedWithTheValidOnes() {
    assertThatThrownBy(() -> policy("lur", 10, 10))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("lur")
        .hasMessageContaining("auto, w-tinylfu, s3-fifo, sieve, lru, lfu, fifo, ttl");
  }

  @ParameterizedTest
  @MethodSource("names")
  void aPolicyKnowsItsName(String name) {
    assertThat(policy(name, 10, 10).name()).isEqualTo(name);
  }

  @ParameterizedTest
  @MethodSource("names")
  void badArgumentsAreRefused(String name) {
    EvictionPolicy policy = policy(name, 10, 10);
    policy.add(3, 1, 1, EvictionPolicy.NEVER);
    assertThatThrownBy(() -> policy.add(3, 2, 1, EvictionPolicy.NEVER))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> policy.add(-1, 2, 1, EvictionPolicy.NEVER))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> policy.add(4, 2, 0, EvictionPolicy.NEVER))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> policy.changeCapacity(0, 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(policy.size()).isEqualTo(1);
  }

  @ParameterizedTest
  @MethodSource("names")
  void anEmptyPolicyHasNothingToEvict(String name) {
    EvictionPolicy policy = policy(name, 10, 10);
    assertThat(policy.isOverCapacity()).isFalse();
    assertThatThrownBy(() -> policy.evict(0)).isInstanceOf(NoSuchElementException.class);
  }

  @ParameterizedTest
  @MethodSource("names")
  void eventsForSlotsThatHoldNothingAreIgnored(String name) {
    EvictionPolicy policy = policy(name, 10, 10);
    policy.recordAccess(0);
    policy.recordAccess(1_000_000);
    policy.remove(7);
    policy.update(7, 5, EvictionPolicy.NEVER);
    policy.add(0, 1, 1, EvictionPolicy.NEVER);
    policy.remove(0);
    policy.recordAccess(0);
    assertThat(policy.size()).isZero();
    assertThat(policy.weightBytes()).isZero();
    assertThat(policy.contains(0)).isFalse();
  }

  @ParameterizedTest
  @MethodSource("names")
  void theOnlyEntryLeavesWhenItIsTooHeavy(String name) {
    EvictionPolicy policy = policy(name, 10, UNBOUNDED);
    policy.add(0, 1, 11, EvictionPolicy.NEVER);
    assertThat(policy.isOverCapacity()).isTrue();
    assertThat(policy.evict(0)).isZero();
    assertThat(policy.isOverCapacity()).isFalse();
  }

  @ParameterizedTest
  @MethodSource("names")
  void anUpdateThatGrowsAnEntryCanPutTheCacheOverItsBound(String name) {
    EvictionPolicy policy = policy(name, 10, UNBOUNDED);
    policy.add(0, 1, 4, EvictionPolicy.NEVER);
    policy.add(1, 2, 4, EvictionPolicy.NEVER);
    policy.update(1, 8, EvictionPolicy.NEVER);
    assertThat(policy.weightBytes()).isEqualTo(12);
    assertThat(policy.isOverCapacity()).isTrue();
    policy.evict(0);
    assertThat(policy.isOverCapacity()).isFalse();
  }

  @ParameterizedTest
  @MethodSource("names")
  void shrinkingEvictsUntilItFitsAndGrowingEvictsNothing(String name) {
    EvictionPolicy policy = policy(name, UNBOUNDED, 100);
    for (int slot = 0; slot < 100; slot++) {
      policy.add(slot, Hashing.mix(slot), 1, EvictionPolicy.NEVER);
    }
    policy.changeCapacity(UNBOUNDED, 200);
    assertThat(policy.isOverCapacity()).isFalse();
    policy.changeCapacity(UNBOUNDED, 7);
    int evicted = 0;
    while (policy.isOverCapacity()) {
      policy.evict(0);
      evicted++;
    }
    assertThat(evicted).isEqualTo(93);
    assertThat(policy.size()).isEqualTo(7);
  }

  @ParameterizedTest
  @MethodSource("names")
  void randomUseNeverLeavesACacheOverItsBoundsNorLosesTrackOfASlot(String name) {
    for (long seed = 1; seed <= 5; seed++) {
      RandomUse use = new RandomUse(name, seed);
      for (int step = 0; step < 5_000; step++) {
        use.step();
      }
      use.checkOrder();
    }
  }

  /// Holds beside the policy which slots are taken and what they weigh.
  private static final class RandomUse {
    private final String where;
    private final Random random;
    private final EvictionPolicy policy;
    private final SlotPool slots = new SlotPool();
    private final TreeSet<Integer> held = new TreeSet<>();
    private final int[] weights = new int[1_000];
    private long maxWeight = 3_000;
    private long maxEntries = 100;
    private long now;

    RandomUse(String name, long seed) {
      where = name + ", seed " + seed;
      random = new Random(seed);
      policy = EvictionPolicies.named(name, maxWeight, maxEntries, seed);
    }

    void step() {
      now += random.nextInt(1 << 22);
      switch (random.nextInt(20)) {
        case 0 -> remove();
        case 1 -> update();
        case 2 -> {
          if (random.nextInt(20) == 0) {
            maxWeight = 100L + random.nextInt(5_000);
            maxEntries = 1L + random.nextInt(200);
            policy.changeCapacity(maxWeight, maxEntries);
          }
        }
        case 3, 4, 5, 6, 7, 8, 9, 10 -> policy.recordAccess(random.nextInt(slots.limit() + 1));
        default -> add();
      }
      evict();
      assertThat(policy.size()).as(where).isEqualTo(held.size());
      assertThat(policy.weightBytes())
          .as(where)
          .isEqualTo(held.stream().mapToLong(slot -> weights[slot]).sum());
    }

    private void add() {
      int slot = slots.take();
      weights[slot] = 1 + random.nextInt(100);
      long expiry = random.nextBoolean() ? EvictionPolicy.NEVER : now + random.nextLong(1L << 36);
      policy.add(slot, Hashing.mix(random.nextInt(400)), weights[slot], expiry);
      held.add(slot);
    }

    private void remove() {
      int slot = random.nextInt(slots.limit() + 1);
      policy.remove(slot);
      if (held.remove(slot)) {
        slots.release(slot);
      }
    }

    private void update() {
      int slot = random.nextInt(slots.limit() + 1);
      int weight = 1 + random.nextInt(100);
      policy.update(slot, weight, now + random.nextLong(1L << 36));
      if (held.contains(slot)) {
        weights[slot] = weight;
      }
    }

    private void evict() {
      while (policy.isOverCapacity()) {
        int victim = policy.evict(now);
        assertThat(held.remove(victim)).as(where).isTrue();
        assertThat(policy.contains(victim)).as(where).isFalse();
        slots.release(victim);
      }
      assertThat(policy.size()).as(where).isLessThanOrEqualTo((int) maxEntries);
      assertThat(policy.weightBytes()).as(where).isLessThanOrEqualTo(maxWeight);
    }

    void checkOrder() {
      assertThat(policy.evictionOrder(now))
          .as(where)
          .containsExactlyInAnyOrder(held.stream().mapToInt(Integer::intValue).toArray());
    }
  }
}
