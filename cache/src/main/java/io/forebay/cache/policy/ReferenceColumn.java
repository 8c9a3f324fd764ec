package io.forebay.cache.policy;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// An object or nothing for each slot, in [Chunks]. Not thread-safe.
public final class ReferenceColumn<T> {

  private @Nullable Object[][] chunks = {new @Nullable Object[Chunks.FIRST]};
  private int limit = Chunks.FIRST;

  /// What is at an index that is covered.
  @SuppressWarnings("unchecked") // only set() puts something in
  public @Nullable T get(int index) {
    return (T) chunks[index >>> Chunks.SHIFT][index & Chunks.MASK];
  }

  /// At an index that is covered.
  public void set(int index, @Nullable T value) {
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
    if (limit < Chunks.SIZE) {
      limit = Chunks.firstLength(limit, index);
      chunks[0] = Arrays.copyOf(chunks[0], limit);
    }
    for (; index >= limit; limit += Chunks.SIZE) {
      int chunk = limit >>> Chunks.SHIFT;
      if (chunk == chunks.length) {
        chunks = Arrays.copyOf(chunks, 2 * chunk);
      }
      chunks[chunk] = new @Nullable Object[Chunks.SIZE];
    }
  }
}
