package io.forebay.cache.policy;

import java.util.Arrays;

/// How arrays indexed by slot grow: by half, so that at most a third of each is unused.
final class SlotArrays {

  private static final int LARGEST = Integer.MAX_VALUE - 8;

  private SlotArrays() {}

  /// A length above `index` for an array of `length` elements.
  static int grown(int length, int index) {
    if (index >= LARGEST) {
      throw new IllegalArgumentException("slot " + index + " is too large");
    }
    return (int) Math.min(LARGEST, Math.max(index + 1L, length + (length >> 1) + 16L));
  }

  static int[] cover(int[] array, int index) {
    return index < array.length ? array : Arrays.copyOf(array, grown(array.length, index));
  }

  static byte[] cover(byte[] array, int index) {
    return index < array.length ? array : Arrays.copyOf(array, grown(array.length, index));
  }

  static long[] cover(long[] array, int index) {
    return index < array.length ? array : Arrays.copyOf(array, grown(array.length, index));
  }
}
