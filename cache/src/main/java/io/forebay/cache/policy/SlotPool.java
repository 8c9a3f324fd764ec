package io.forebay.cache.policy;

/// Gives out slots: dense from 0, the one freed last first, so that a newcomer takes its victim's
/// place and columns grow only with the largest number of entries held at once.
///
/// At most four bytes a slot ever given out: as many as were free at once. Not thread-safe.
public final class SlotPool {

  private final IntColumn free = new IntColumn();
  private int freeCount;
  private int limit;

  /// A slot that nobody holds.
  public int take() {
    return freeCount > 0 ? free.get(--freeCount) : limit++;
  }

  /// Gives a slot back. Each slot at most once for each time it was taken.
  public void release(int slot) {
    if (slot < 0 || slot >= limit || freeCount == limit) {
      throw new IllegalArgumentException("slot " + slot + " is not taken");
    }
    free.cover(freeCount);
    free.set(freeCount++, slot);
  }

  /// One more than the highest slot ever given out.
  public int limit() {
    return limit;
  }
}
