package io.forebay.cache;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;

/// Carries reads to the eviction policy without making readers wait: a few rings, one chosen by
/// thread, each overwritten when nobody empties it in time. Losing a read costs the policy a little
/// accuracy and nothing else.
///
/// One atomic addition per read both claims a place in the ring and counts the read exactly.
final class AccessBuffer<T> {

  private static final int RING_SIZE = 64;
  private static final int LONGS_PER_LINE = 16; // 128 bytes: two lines, for adjacent prefetch

  private final int ringMask;
  private final AtomicLongArray recorded;
  private final AtomicReferenceArray<T> rings;

  /// How far each ring was emptied; guarded by the caller of [#drain].
  private final long[] drained;

  /// @param parallelism threads that are expected to read at the same time; at least 1
  AccessBuffer(int parallelism) {
    int count = Integer.highestOneBit(Math.clamp(parallelism * 4L, 4, 64));
    this.ringMask = count - 1;
    this.recorded = new AtomicLongArray(count * LONGS_PER_LINE);
    this.rings = new AtomicReferenceArray<>(count * RING_SIZE);
    this.drained = new long[count];
  }

  /// Records a read. Wait-free.
  ///
  /// @return whether this thread should try to have the buffer drained
  boolean record(T item) {
    int ring = (int) Thread.currentThread().threadId() & ringMask;
    long place = recorded.getAndIncrement(ring * LONGS_PER_LINE);
    int slot = (int) place & (RING_SIZE - 1);
    rings.setRelease(ring * RING_SIZE + slot, item);
    return slot == RING_SIZE - 1;
  }

  /// Reads recorded so far, lost ones included.
  long count() {
    long sum = 0;
    for (int ring = 0; ring <= ringMask; ring++) {
      sum += recorded.get(ring * LONGS_PER_LINE);
    }
    return sum;
  }

  /// Hands over what is in the rings, oldest first per ring. One thread at a time.
  void drain(Consumer<T> consumer) {
    for (int ring = 0; ring <= ringMask; ring++) {
      long end = recorded.get(ring * LONGS_PER_LINE);
      for (long place = Math.max(drained[ring], end - RING_SIZE); place < end; place++) {
        int index = ring * RING_SIZE + ((int) place & (RING_SIZE - 1));
        T item = rings.getAcquire(index);
        if (item != null) { // null: its reader has claimed the place and not filled it yet
          rings.setRelease(index, null);
          consumer.accept(item);
        }
      }
      drained[ring] = end;
    }
  }
}
