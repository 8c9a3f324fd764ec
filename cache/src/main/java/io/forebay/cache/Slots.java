package io.forebay.cache;

import io.forebay.cache.policy.ReferenceColumn;
import io.forebay.cache.policy.SlotPool;
import org.jspecify.annotations.Nullable;

/// Who holds which slot: the small numbers that the eviction policy knows residents by. Not
/// thread-safe.
final class Slots<T> {

  private final SlotPool pool = new SlotPool();
  private final ReferenceColumn<T> holders = new ReferenceColumn<>();

  int take(T holder) {
    int slot = pool.take();
    holders.cover(slot);
    holders.set(slot, holder);
    return slot;
  }

  void release(int slot) {
    holders.set(slot, null);
    pool.release(slot);
  }

  /// Gives a slot that is taken to another holder.
  void pass(int slot, T holder) {
    holders.set(slot, holder);
  }

  @Nullable T holder(int slot) {
    return holders.get(slot);
  }
}
