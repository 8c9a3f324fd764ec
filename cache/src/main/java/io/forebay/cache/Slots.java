package io.forebay.cache;

import io.forebay.cache.policy.SlotPool;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Holders of slots that are objects.
final class Slots<K extends Comparable<? super K>, V> implements Storage.Holders<K, V> {

  private final SlotPool pool = new SlotPool();
  private @Nullable Object[] holders = new @Nullable Object[16];

  @Override
  public int take(Resident<K, V> holder) {
    int slot = pool.take();
    if (slot >= holders.length) {
      holders = Arrays.copyOf(holders, (int) Math.min(Integer.MAX_VALUE - 8, slot * 3L / 2 + 16));
    }
    holders[slot] = holder;
    holder.setSlot(slot);
    return slot;
  }

  @Override
  public void release(int slot) {
    holders[slot] = null;
    pool.release(slot);
  }

  @Override
  public void pass(int slot, Resident<K, V> holder) {
    holders[slot] = holder;
    holder.setSlot(slot);
  }

  @Override
  @SuppressWarnings("unchecked") // only take() and pass() put something in
  public @Nullable Resident<K, V> holder(int slot) {
    return (Resident<K, V>) holders[slot];
  }
}
