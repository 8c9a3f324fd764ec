package io.forebay.cache.policy;

/// The lowest-ranked slots that earlier samples found and that were not evicted yet: a sample of a few
/// together with them is nearly as good as a sample of many.
final class CandidatePool {

  private final int[] slots;
  private final float[] ranks;
  private int size;
  private int highest;

  CandidatePool(int capacity) {
    slots = new int[capacity];
    ranks = new float[capacity];
  }

  int size() {
    return size;
  }

  int slot(int i) {
    return slots[i];
  }

  /// Empties it; its slots stay readable by [#slot] until as many were offered.
  int drain() {
    int drained = size;
    size = 0;
    return drained;
  }

  /// Keeps the slot when there is room, or in place of the highest-ranked.
  void offer(int slot, float rank) {
    if (size == slots.length && rank >= ranks[highest]) {
      return;
    }
    for (int i = 0; i < size; i++) {
      if (slots[i] == slot) {
        return;
      }
    }
    int at = size < slots.length ? size++ : highest;
    slots[at] = slot;
    ranks[at] = rank;
    findHighest();
  }

  private void findHighest() {
    highest = 0;
    for (int i = 1; i < size; i++) {
      if (ranks[i] > ranks[highest]) {
        highest = i;
      }
    }
  }
}
