package io.forebay.cache.policy;

import java.util.Arrays;

/// Finds slots by a 64-bit key hash: open addressing with linear probing, at most half full; equal
/// hashes are one key to it.
///
/// 24 to 48 bytes an entry.
final class SlotIndex {

  /// What [#find] and [#remove] return when the hash is not there.
  static final int NONE = -1;

  private long[] hashes = new long[32];

  /// Slot plus one; 0 where nothing is.
  private int[] slots = new int[32];

  private int size;

  int find(long hash) {
    int at = home(hash);
    while (slots[at] != 0) {
      if (hashes[at] == hash) {
        return slots[at] - 1;
      }
      at = next(at);
    }
    return NONE;
  }

  /// The hash must not be there.
  void add(long hash, int slot) {
    if (2 * (size + 1) > slots.length) {
      grow();
    }
    place(hash, slot + 1);
    size++;
  }

  private void place(long hash, int slotPlusOne) {
    int at = home(hash);
    while (slots[at] != 0) {
      at = next(at);
    }
    hashes[at] = hash;
    slots[at] = slotPlusOne;
  }

  /// Takes a hash out; later members of its probe sequence move up, so that no search stops short.
  ///
  /// @return its slot, or [#NONE]
  int remove(long hash) {
    int at = home(hash);
    while (slots[at] != 0 && hashes[at] != hash) {
      at = next(at);
    }
    int slot = slots[at] - 1;
    if (slot == NONE) {
      return NONE;
    }
    int mask = slots.length - 1;
    int hole = at;
    for (int other = next(at); slots[other] != 0; other = next(other)) {
      if (((other - home(hashes[other])) & mask) >= ((other - hole) & mask)) {
        hashes[hole] = hashes[other];
        slots[hole] = slots[other];
        hole = other;
      }
    }
    slots[hole] = 0;
    size--;
    return slot;
  }

  /// All hashes, in no order.
  long[] hashes() {
    long[] all = new long[size];
    int count = 0;
    for (int at = 0; at < slots.length; at++) {
      if (slots[at] != 0) {
        all[count++] = hashes[at];
      }
    }
    return Arrays.copyOf(all, count);
  }

  private void grow() {
    long[] oldHashes = hashes;
    int[] oldSlots = slots;
    hashes = new long[oldHashes.length * 2];
    slots = new int[oldSlots.length * 2];
    for (int at = 0; at < oldSlots.length; at++) {
      if (oldSlots[at] != 0) {
        place(oldHashes[at], oldSlots[at]);
      }
    }
  }

  private int home(long hash) {
    return (int) Hashing.mix(hash) & (slots.length - 1);
  }

  private int next(int at) {
    return (at + 1) & (slots.length - 1);
  }
}
