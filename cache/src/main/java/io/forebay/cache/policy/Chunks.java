package io.forebay.cache.policy;

/// How columns (a number for each slot) grow: by whole chunks, so that growing copies nothing that
/// is there and leaves at most one chunk unused. Only the first chunk starts small and doubles, as
/// a node may have a thousand small caches.
///
/// A column that doubled as one array would leave its old copies to the collector, and its writers
/// waiting for the copy under a lock. What is copied here is the list of chunks: four bytes for
/// every 4,096 numbers.
final class Chunks {

  static final int SHIFT = 12;

  /// Numbers in a chunk.
  static final int SIZE = 1 << SHIFT;

  static final int MASK = SIZE - 1;

  /// Of a column's first chunk.
  static final int FIRST = 16;

  private static final int LARGEST = Integer.MAX_VALUE - SIZE;

  private Chunks() {}

  /// The length of a first chunk that has become too short for `index`.
  static int firstLength(int length, int index) {
    int grown = length;
    while (grown <= index && grown < SIZE) {
      grown *= 2;
    }
    return grown;
  }

  /// @throws IllegalArgumentException when it is negative or beyond what can be counted
  static void check(int index) {
    if (index < 0 || index >= LARGEST) {
      throw new IllegalArgumentException("slot " + index + " is negative or too large");
    }
  }
}
