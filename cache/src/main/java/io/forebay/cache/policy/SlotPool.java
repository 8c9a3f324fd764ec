package io.forebay.cache.policy;

import java.util.Arrays;

/// Gives out slots: dense from 0, the one freed last first, so that a newcomer takes its victim's
/// place and arrays indexed by slot grow only with the largest number of entries held at once.
///
/// Four bytes a slot ever given out. Not thread-safe.
public final class SlotPool {

  private int[] free = new int[16];
  private int freeCount;
  private int limit;

  /// A slot that nobody holds.
  public int take() {
    return freeCount > 0 ? free[--freeCount] : limit++;
  }

  /// Gives a slot back. Each slot at most once for each time it was taken.
  public void release(int slot) {
    if (slot < 0 || slot >= limit || freeCount == limit) {
      throw new IllegalArgumentException("slot " + slot + " is not taken");
    }
    if (freeCount == free.length) {
      free = Arrays.copyOf(free, SlotArrays.grown(free.length, freeCount));
    }
    free[freeCount++] = slot;
  }

  /// One more than the highest slot ever given out.
  public int limit() {
    return limit;
  }
}
