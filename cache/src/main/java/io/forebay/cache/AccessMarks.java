package io.forebay.cache;

import java.util.Arrays;

/// When, and how often, packed residents were read, by slot: eight bytes each. Not in their blocks,
/// since a reader that is late would mark a block that is another's by then. Here its mark goes to
/// the slot's next holder, where it does no harm.
///
/// Times are in ticks of 2^14 ns (16 µs) and good for 208 days; counts go to 16,777,215. Marks are
/// taken from any thread and may be lost; [#begin] belongs to the lock of the books.
final class AccessMarks {

  private static final int TICK_SHIFT = 14;
  private static final int COUNT_BITS = 24;
  private static final long MOST = (1L << COUNT_BITS) - 1;
  private static final long TICKS_MASK = (1L << (64 - COUNT_BITS)) - 1;
  private static final int CHUNK_BITS = 12;
  private static final int CHUNK = 1 << CHUNK_BITS;

  private static final long[] NOTHING = {};

  private final long originNanos;

  /// Ticks above, count below.
  private volatile long[][] chunks = new long[0][];

  AccessMarks(long originNanos) {
    this.originNanos = originNanos;
  }

  /// A new holder has the slot.
  void begin(int slot, long nanoTime) {
    int chunk = slot >>> CHUNK_BITS;
    if (chunk >= chunks.length) {
      long[][] more = Arrays.copyOf(chunks, chunk + 1);
      more[chunk] = new long[CHUNK];
      chunks = more;
    }
    chunks[chunk][slot & (CHUNK - 1)] = ticks(nanoTime) << COUNT_BITS;
  }

  void note(int slot, long nanoTime) {
    long[] chunk = chunkOf(slot);
    if (chunk.length != 0) {
      long count = Math.min((chunk[slot & (CHUNK - 1)] & MOST) + 1, MOST);
      chunk[slot & (CHUNK - 1)] = (ticks(nanoTime) << COUNT_BITS) | count;
    }
  }

  /// The beginning of the tick of the last read; in [TimeSource#nanoTime].
  ///
  /// @param nanoTime now
  long accessedNanos(int slot, long nanoTime) {
    long now = ticks(nanoTime);
    long ago = (now - (mark(slot) >>> COUNT_BITS)) & TICKS_MASK;
    return originNanos + ((now - ago) << TICK_SHIFT);
  }

  long accessCount(int slot) {
    return mark(slot) & MOST;
  }

  private long mark(int slot) {
    long[] chunk = chunkOf(slot);
    return chunk.length == 0 ? 0 : chunk[slot & (CHUNK - 1)];
  }

  /// Empty if there is no such slot, or none that this thread knows of yet.
  private long[] chunkOf(int slot) {
    long[][] present = chunks;
    int chunk = slot >>> CHUNK_BITS;
    return slot < 0 || chunk >= present.length ? NOTHING : present[chunk];
  }

  private long ticks(long nanoTime) {
    return (nanoTime - originNanos) >>> TICK_SHIFT;
  }
}
