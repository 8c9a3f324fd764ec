package io.forebay.cache.policy;

import java.util.Arrays;

/// An `int` for each slot, in [Chunks]: growing copies nothing that is there and leaves at most
/// 4,096 numbers unused. Not thread-safe.
public final class IntColumn {

  private final int initial;
  private int[][] chunks;
  private int limit = Chunks.FIRST;

  /// All zero at first.
  public IntColumn() {
    this(0);
  }

  /// @param initial what every index holds at first
  public IntColumn(int initial) {
    this.initial = initial;
    int[] first = new int[Chunks.FIRST];
    Arrays.fill(first, initial);
    this.chunks = new int[][] {first};
  }

  /// The number at an index that is covered.
  public int get(int index) {
    return chunks[index >>> Chunks.SHIFT][index & Chunks.MASK];
  }

  /// At an index that is covered.
  public void set(int index, int value) {
    chunks[index >>> Chunks.SHIFT][index & Chunks.MASK] = value;
  }

  /// One more than the highest index that is covered.
  public int limit() {
    return limit;
  }

  /// Makes room up to an index.
  ///
  /// @throws IllegalArgumentException when it is negative or beyond what can be counted
  public void cover(int index) {
    if (index < 0 || index >= limit) {
      grow(index);
    }
  }

  private void grow(int index) {
    Chunks.check(index);
    int before = limit;
    if (before < Chunks.SIZE) {
      limit = Chunks.firstLength(before, index);
      chunks[0] = Arrays.copyOf(chunks[0], limit);
      Arrays.fill(chunks[0], before, limit, initial);
    }
    for (; index >= limit; limit += Chunks.SIZE) {
      int chunk = limit >>> Chunks.SHIFT;
      if (chunk == chunks.length) {
        chunks = Arrays.copyOf(chunks, 2 * chunk);
      }
      chunks[chunk] = new int[Chunks.SIZE];
      Arrays.fill(chunks[chunk], initial);
    }
  }
}
