package io.forebay.cache.policy;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/// A binary heap of slots by a number each, least first; any slot can be taken out.
///
/// 16 bytes a slot.
final class SlotHeap {

  private static final int ABSENT = -1;

  private final IntColumn heap = new IntColumn();
  private int size;
  private final LongColumn keys = new LongColumn();

  /// By slot, its index in the heap; meaningful only where the heap has the slot there.
  private final IntColumn positions = new IntColumn();

  void add(int slot, long key) {
    heap.cover(size);
    keys.cover(slot);
    positions.cover(slot);
    keys.set(slot, key);
    siftUp(size++, slot);
  }

  boolean contains(int slot) {
    return slot < positions.limit() && position(slot) != ABSENT;
  }

  private int position(int slot) {
    int position = positions.get(slot);
    return position < size && heap.get(position) == slot ? position : ABSENT;
  }

  void remove(int slot) {
    int position = position(slot);
    int moved = heap.get(--size);
    if (moved != slot) {
      siftDown(position, moved);
      if (heap.get(position) == moved) {
        siftUp(position, moved);
      }
    }
  }

  long key(int slot) {
    return keys.get(slot);
  }

  /// There must be one.
  int least() {
    return heap.get(0);
  }

  boolean isEmpty() {
    return size == 0;
  }

  /// All slots, least key first, into `target` from its start.
  ///
  /// @return how many
  int copySorted(int[] target) {
    Integer[] slots = IntStream.range(0, size).mapToObj(heap::get).toArray(Integer[]::new);
    Arrays.sort(slots, Comparator.comparingLong(keys::get));
    for (int i = 0; i < size; i++) {
      target[i] = slots[i];
    }
    return size;
  }

  private void siftUp(int from, int slot) {
    int at = from;
    while (at > 0) {
      int parent = (at - 1) >>> 1;
      if (keys.get(heap.get(parent)) <= keys.get(slot)) {
        break;
      }
      place(at, heap.get(parent));
      at = parent;
    }
    place(at, slot);
  }

  private void siftDown(int from, int slot) {
    int at = from;
    while (2 * at + 1 < size) {
      int child = 2 * at + 1;
      if (child + 1 < size && keys.get(heap.get(child + 1)) < keys.get(heap.get(child))) {
        child++;
      }
      if (keys.get(slot) <= keys.get(heap.get(child))) {
        break;
      }
      place(at, heap.get(child));
      at = child;
    }
    place(at, slot);
  }

  private void place(int position, int slot) {
    heap.set(position, slot);
    positions.set(slot, position);
  }
}
