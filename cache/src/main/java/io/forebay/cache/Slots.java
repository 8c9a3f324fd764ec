package io.forebay.cache;

import io.forebay.cache.policy.ReferenceColumn;
import io.forebay.cache.policy.SlotPool;
import org.jspecify.annotations.Nullable;

/// Holders of slots that are objects.
final class Slots<K extends Comparable<? super K>, V> implements Storage.Holders<K, V> {

  private final SlotPool pool = new SlotPool();
  private final ReferenceColumn<Resident<K, V>> holders = new ReferenceColumn<>();

  @Override
  public int take(Resident<K, V> holder) {
    int slot = pool.take();
    holders.cover(slot);
    pass(slot, holder);
    return slot;
  }

  @Override
  public void release(int slot) {
    holders.set(slot, null);
    pool.release(slot);
  }

  @Override
  public void pass(int slot, Resident<K, V> holder) {
    holders.set(slot, holder);
    holder.setSlot(slot);
  }

  @Override
  public @Nullable Resident<K, V> holder(int slot) {
    return holders.get(slot);
  }
}
