package io.forebay.cache.policy;

import java.util.Arrays;

/// A `byte` for each slot, zero at first, in [Chunks].
final class ByteColumn {

  private byte[][] chunks = {new byte[Chunks.FIRST]};
  private int limit = Chunks.FIRST;

  /// The number at an index that is covered.
  byte get(int index) {
    return chunks[index >>> Chunks.SHIFT][index & Chunks.MASK];
  }

  /// At an index that is covered; the lowest eight bits.
  void set(int index, int value) {
    chunks[index >>> Chunks.SHIFT][index & Chunks.MASK] = (byte) value;
  }

  /// One more than the highest index that is covered.
  int limit() {
    return limit;
  }

  /// Makes room up to an index.
  ///
  /// @throws IllegalArgumentException when it is negative or beyond what can be counted
  void cover(int index) {
    if (index < 0 || index >= limit) {
      grow(index);
    }
  }

  private void grow(int index) {
    Chunks.check(index);
    if (limit < Chunks.SIZE) {
      limit = Chunks.firstLength(limit, index);
      chunks[0] = Arrays.copyOf(chunks[0], limit);
    }
    for (; index >= limit; limit += Chunks.SIZE) {
      int chunk = limit >>> Chunks.SHIFT;
      if (chunk == chunks.length) {
        chunks = Arrays.copyOf(chunks, 2 * chunk);
      }
      chunks[chunk] = new byte[Chunks.SIZE];
    }
  }
}
