package io.forebay.cache;

import io.forebay.cache.policy.SlotPool;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Who holds which slot: the small numbers that the eviction policy knows residents by. Not
/// thread-safe.
final class Slots<T> {

  private final SlotPool pool = new SlotPool();
  private @Nullable Object[] holders = new @Nullable Object[16];

  int take(T holder) {
    int slot = pool.take();
    if (slot >= holders.length) {
      holders = Arrays.copyOf(holders, (int) Math.min(Integer.MAX_VALUE - 8, slot * 3L / 2 + 16));
    }
    holders[slot] = holder;
    return slot;
  }

  void release(int slot) {
    holders[slot] = null;
    pool.release(slot);
  }

  /// Gives a slot that is taken to another holder.
  void pass(int slot, T holder) {
    holders[slot] = holder;
  }

  @SuppressWarnings("unchecked") // only take() and pass() put something in
  @Nullable T holder(int slot) {
    return (T) holders[slot];
  }
}
