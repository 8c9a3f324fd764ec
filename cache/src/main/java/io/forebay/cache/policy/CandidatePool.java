package io.forebay.cache.policy;

/// Up to so many slots with the lowest keys that were added and not taken out since: a sample of a
/// few together with those kept of earlier ones is nearly as good as a sample of many.
final class CandidatePool {

  /// Highest key first.
  private final long[] keys;

  private final int[] slots;
  private int size;

  CandidatePool(int capacity) {
    keys = new long[capacity];
    slots = new int[capacity];
  }

  int size() {
    return size;
  }

  /// Whether a slot with this key would be kept.
  boolean wants(long key) {
    return size < keys.length || key < keys[0];
  }

  /// Keeps the slot, in place of the one with the highest key when there is no room. It must be
  /// wanted.
  ///
  /// @return the slot that had to go, or -1
  int add(int slot, long key) {
    int dropped = -1;
    int at = size;
    if (size == keys.length) {
      dropped = slots[0];
      at = 1;
      while (at < size && keys[at] > key) {
        keys[at - 1] = keys[at];
        slots[at - 1] = slots[at];
        at++;
      }
      at--;
    } else {
      while (at > 0 && keys[at - 1] < key) {
        keys[at] = keys[at - 1];
        slots[at] = slots[at - 1];
        at--;
      }
      size++;
    }
    keys[at] = key;
    slots[at] = slot;
    return dropped;
  }

  /// There must be one.
  long lowestKey() {
    return keys[size - 1];
  }

  /// There must be one.
  int takeLowest() {
    return slots[--size];
  }
}
