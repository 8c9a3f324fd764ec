package io.forebay.cache.policy;

import java.util.Arrays;
import java.util.Random;

/// Sequences of keys with a known shape, and how often a policy hits on them.
final class TestingWorkload {

  private final int[] keys;

  TestingWorkload(int[] keys) {
    this.keys = keys;
  }

  int[] keys() {
    return keys;
  }

  static TestingWorkload zipf(int requests, int unique, double exponent, long seed) {
    double[] cumulated = new double[unique];
    double sum = 0;
    for (int i = 0; i < unique; i++) {
      sum += Math.pow(i + 1, -exponent);
      cumulated[i] = sum;
    }
    double total = sum;
    Random random = new Random(seed);
    return new TestingWorkload(
        random
            .doubles(requests)
            .mapToInt(share -> {
              int at = Arrays.binarySearch(cumulated, share * total);
              return at < 0 ? -at - 1 : at;
            })
            .toArray());
  }

  static TestingWorkload loop(int requests, int length) {
    int[] keys = new int[requests];
    Arrays.setAll(keys, i -> i % length);
    return new TestingWorkload(keys);
  }

  /// Keys that never come back.
  static TestingWorkload scan(int requests) {
    int[] keys = new int[requests];
    Arrays.setAll(keys, i -> i);
    return new TestingWorkload(keys);
  }

  /// This, then the other with keys of its own.
  TestingWorkload then(TestingWorkload other) {
    int[] both = Arrays.copyOf(keys, keys.length + other.keys.length);
    for (int i = 0; i < other.keys.length; i++) {
      both[keys.length + i] = other.keys[i] + 10_000_000;
    }
    return new TestingWorkload(both);
  }

  /// Both at once, with keys of their own, drawn in proportion to their lengths.
  TestingWorkload with(TestingWorkload other, long seed) {
    Random random = new Random(seed);
    int[] mixed = new int[keys.length + other.keys.length];
    int mine = 0;
    int theirs = 0;
    for (int i = 0; i < mixed.length; i++) {
      boolean takeMine =
          theirs == other.keys.length
              || (mine < keys.length && random.nextInt(mixed.length) < keys.length);
      mixed[i] = takeMine ? keys[mine++] : other.keys[theirs++] + 10_000_000;
    }
    return new TestingWorkload(mixed);
  }

  double hitRatio(String policy, int entries) {
    return hitRatio(EvictionPolicies.named(policy, Long.MAX_VALUE, entries, 7));
  }

  double hitRatio(EvictionPolicy policy) {
    SlotIndex index = new SlotIndex();
    SlotPool slots = new SlotPool();
    LongColumn hashOfSlot = new LongColumn();
    long hits = 0;
    for (int key : keys) {
      long hash = Hashing.mix(key + 1);
      int slot = index.find(hash);
      if (slot != SlotIndex.NONE) {
        hits++;
        policy.recordAccess(slot);
        continue;
      }
      slot = slots.take();
      hashOfSlot.cover(slot);
      hashOfSlot.set(slot, hash);
      index.add(hash, slot);
      policy.add(slot, hash, 1, EvictionPolicy.NEVER);
      while (policy.isOverCapacity()) {
        int victim = policy.evict(0);
        index.remove(hashOfSlot.get(victim));
        slots.release(victim);
      }
    }
    return (double) hits / keys.length;
  }
}
