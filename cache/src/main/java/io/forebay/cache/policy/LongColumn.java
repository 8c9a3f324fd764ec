package io.forebay.cache.policy;

import java.util.Arrays;

/// A `long` for each slot, zero at first, in [Chunks].
final class LongColumn {

  private long[][] chunks = {new long[Chunks.FIRST]};
  private int limit = Chunks.FIRST;

  /// The number at an index that is covered.
  long get(int index) {
    return chunks[index >>> Chunks.SHIFT][index & Chunks.MASK];
  }

  /// At an index that is covered.
  void set(int index, long value) {
    chunks[index >>> Chunks.SHIFT][index & Chunks.MASK] = value;
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
      chunks[chunk] = new long[Chunks.SIZE];
    }
  }
}
