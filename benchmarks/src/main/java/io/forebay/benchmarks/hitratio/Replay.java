package io.forebay.benchmarks.hitratio;

import io.forebay.cache.policy.EvictionPolicy;
import io.forebay.cache.policy.SlotPool;

/// One pass of a trace through a policy, with a table of two arrays in place of a cache.
///
/// @param hits requests that found their entry
/// @param hitBytes the sizes of those requests
record Replay(long hits, long hitBytes) {

  /// @param weighted whether entries weigh their size; else each weighs 1
  static Replay of(Trace trace, EvictionPolicy policy, boolean weighted) {
    int[] slotOfId = new int[trace.largestId() + 1];
    int[] idOfSlot = new int[16];
    SlotPool slots = new SlotPool();
    long hits = 0;
    long hitBytes = 0;
    int[] ids = trace.ids();
    int[] sizes = trace.sizes();
    for (int i = 0; i < ids.length; i++) {
      int id = ids[i];
      int weight = weighted ? sizes[i] : 1;
      int slot = slotOfId[id] - 1;
      if (slot >= 0) {
        hits++;
        hitBytes += sizes[i];
        policy.recordAccess(slot);
        continue;
      }
      slot = slots.take();
      if (slot >= idOfSlot.length) {
        idOfSlot = java.util.Arrays.copyOf(idOfSlot, slot * 2);
      }
      idOfSlot[slot] = id;
      slotOfId[id] = slot + 1;
      policy.add(slot, hash(id), weight, EvictionPolicy.NEVER);
      while (policy.isOverCapacity()) {
        int victim = policy.evict(i);
        slotOfId[idOfSlot[victim]] = 0;
        slots.release(victim);
      }
    }
    return new Replay(hits, hitBytes);
  }

  static long hash(int id) {
    return (id + 1) * 0x9e3779b97f4a7c15L;
  }
}
