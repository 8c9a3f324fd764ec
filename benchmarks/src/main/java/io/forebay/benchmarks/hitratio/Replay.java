package io.forebay.benchmarks.hitratio;

import io.forebay.cache.policy.EvictionPolicy;
import io.forebay.cache.policy.SlotPool;
import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;

/// One pass of a trace through a cache.
///
/// @param hits requests that found their entry
/// @param hitBytes the sizes of those requests
/// @param requestBytes the sizes of all requests
/// @param entries held at the end
/// @param nanos processor time of the pass
record Replay(
    long requests, long hits, long hitBytes, long requestBytes, long entries, long nanos) {

  double hitRatio() {
    return requests == 0 ? 0 : (double) hits / requests;
  }

  double byteHitRatio() {
    return requestBytes == 0 ? 0 : (double) hitBytes / requestBytes;
  }

  double nanosPerMiss() {
    return (double) nanos / Math.max(1, requests - hits);
  }

  /// Through a policy, with an array in place of a table. A hit of another size than before is a
  /// hit, and changes what the entry weighs.
  ///
  /// @param weighted whether entries weigh their size; else each weighs 1
  static Replay of(Trace trace, EvictionPolicy policy, boolean weighted) {
    int[] slotOfId = new int[trace.largestId() + 1];
    int[] idOfSlot = new int[16];
    SlotPool slots = new SlotPool();
    long hits = 0;
    long hitBytes = 0;
    int[] ids = trace.ids();
    int[] sizes = trace.sizes();
    long start = ProcessorTime.nanos();
    for (int i = 0; i < ids.length; i++) {
      int id = ids[i];
      int slot = slotOfId[id] - 1;
      if (slot >= 0) {
        hits++;
        hitBytes += sizes[i];
        policy.recordAccess(slot);
        continue;
      }
      slot = slots.take();
      if (slot >= idOfSlot.length) {
        idOfSlot = Arrays.copyOf(idOfSlot, slot * 2);
      }
      idOfSlot[slot] = id;
      slotOfId[id] = slot + 1;
      policy.add(slot, hash(id), weighted ? sizes[i] : 1, EvictionPolicy.NEVER);
      while (policy.isOverCapacity()) {
        int victim = policy.evict(i);
        slotOfId[idOfSlot[victim]] = 0;
        slots.release(victim);
      }
    }
    long nanos = ProcessorTime.nanos() - start;
    return new Replay(ids.length, hits, hitBytes, trace.bytes(), policy.size(), nanos);
  }

  /// The same with a concurrent hash table and boxed keys, as a cache would have: for comparing
  /// times with Caffeine's, which include its table's.
  @SuppressWarnings("UnnecessaryAsync") // What a concurrent table costs is the point.
  static Replay withTable(Trace trace, EvictionPolicy policy) {
    Integer[] keys = new Integer[trace.largestId() + 1];
    for (int id : trace.ids()) {
      if (keys[id] == null) {
        keys[id] = id;
      }
    }
    ConcurrentHashMap<Integer, Entry> table = new ConcurrentHashMap<>();
    Integer[] keyOfSlot = new Integer[16];
    SlotPool slots = new SlotPool();
    long hits = 0;
    long start = ProcessorTime.nanos();
    for (int id : trace.ids()) {
      Integer key = keys[id];
      Entry found = table.get(key);
      if (found != null) {
        hits++;
        policy.recordAccess(found.slot);
        continue;
      }
      Entry entry = new Entry(slots.take());
      if (entry.slot >= keyOfSlot.length) {
        keyOfSlot = Arrays.copyOf(keyOfSlot, entry.slot * 2);
      }
      keyOfSlot[entry.slot] = key;
      table.put(key, entry);
      policy.add(entry.slot, hash(id), 1, EvictionPolicy.NEVER);
      while (policy.isOverCapacity()) {
        int victim = policy.evict(0);
        table.remove(keyOfSlot[victim]);
        slots.release(victim);
      }
    }
    long nanos = ProcessorTime.nanos() - start;
    return new Replay(trace.requests(), hits, 0, 0, policy.size(), nanos);
  }

  private record Entry(int slot) {}

  static long hash(int id) {
    return (id + 1) * 0x9e3779b97f4a7c15L;
  }
}
