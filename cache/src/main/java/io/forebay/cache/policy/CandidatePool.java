package io.forebay.cache.policy;

/// The slots with the lowest keys that were offered and not taken out since: a sample of a few
/// together with those kept of earlier ones is nearly as good as a sample of many.
final class CandidatePool {

  /// The index of nothing.
  static final int NONE = -1;

  private final int[] slots;
  private final long[] keys;
  private int size;

  /// Index of the highest key when it is full.
  private int highest;

  CandidatePool(int capacity) {
    slots = new int[capacity];
    keys = new long[capacity];
  }

  int size() {
    return size;
  }

  int slot(int index) {
    return slots[index];
  }

  long key(int index) {
    return keys[index];
  }

  /// Index of the lowest key, or [#NONE].
  int lowest() {
    int lowest = size == 0 ? NONE : 0;
    for (int i = 1; i < size; i++) {
      if (keys[i] < keys[lowest]) {
        lowest = i;
      }
    }
    return lowest;
  }

  /// Keeps the slot when there is room, or in place of the one with the highest key; a slot that is
  /// here already gets the new key.
  void offer(int slot, long key) {
    boolean full = size == slots.length;
    if (full && key >= keys[highest]) {
      return;
    }
    int at = indexOf(slot);
    if (at == NONE) {
      at = full ? highest : size++;
    }
    slots[at] = slot;
    change(at, key);
  }

  void change(int index, long key) {
    keys[index] = key;
    findHighest();
  }

  void remove(int slot) {
    int at = indexOf(slot);
    if (at != NONE) {
      removeAt(at);
    }
  }

  void removeAt(int index) {
    size--;
    slots[index] = slots[size];
    keys[index] = keys[size];
  }

  private int indexOf(int slot) {
    for (int i = 0; i < size; i++) {
      if (slots[i] == slot) {
        return i;
      }
    }
    return NONE;
  }

  private void findHighest() {
    if (size == slots.length) {
      highest = 0;
      for (int i = 1; i < size; i++) {
        if (keys[i] > keys[highest]) {
          highest = i;
        }
      }
    }
  }
}
