package io.forebay.cache.policy;

import java.util.Arrays;
import java.util.Comparator;

/// A binary heap of slots by a number each, least first; any slot can be taken out.
///
/// 16 bytes a slot.
final class SlotHeap {

  private static final int ABSENT = -1;

  private int[] heap = new int[16];
  private int size;
  private long[] keys = new long[16];

  /// By slot, its index in the heap; meaningful only where `heap[positions[slot]] == slot`.
  private int[] positions = new int[16];

  void add(int slot, long key) {
    heap = SlotArrays.cover(heap, size);
    keys = SlotArrays.cover(keys, slot);
    positions = SlotArrays.cover(positions, slot);
    keys[slot] = key;
    siftUp(size++, slot);
  }

  boolean contains(int slot) {
    return slot < positions.length && position(slot) != ABSENT;
  }

  private int position(int slot) {
    int position = positions[slot];
    return position < size && heap[position] == slot ? position : ABSENT;
  }

  void remove(int slot) {
    int position = position(slot);
    int moved = heap[--size];
    if (moved != slot) {
      siftDown(position, moved);
      if (heap[position] == moved) {
        siftUp(position, moved);
      }
    }
  }

  long key(int slot) {
    return keys[slot];
  }

  /// There must be one.
  int least() {
    return heap[0];
  }

  boolean isEmpty() {
    return size == 0;
  }

  /// All slots, least key first, into `target` from its start.
  ///
  /// @return how many
  int copySorted(int[] target) {
    Integer[] slots = Arrays.stream(heap, 0, size).boxed().toArray(Integer[]::new);
    Arrays.sort(slots, Comparator.comparingLong(slot -> keys[slot]));
    for (int i = 0; i < size; i++) {
      target[i] = slots[i];
    }
    return size;
  }

  private void siftUp(int from, int slot) {
    int at = from;
    while (at > 0) {
      int parent = (at - 1) >>> 1;
      if (keys[heap[parent]] <= keys[slot]) {
        break;
      }
      place(at, heap[parent]);
      at = parent;
    }
    place(at, slot);
  }

  private void siftDown(int from, int slot) {
    int at = from;
    while (2 * at + 1 < size) {
      int child = 2 * at + 1;
      if (child + 1 < size && keys[heap[child + 1]] < keys[heap[child]]) {
        child++;
      }
      if (keys[slot] <= keys[heap[child]]) {
        break;
      }
      place(at, heap[child]);
      at = child;
    }
    place(at, slot);
  }

  private void place(int position, int slot) {
    heap[position] = slot;
    positions[slot] = position;
  }
}
