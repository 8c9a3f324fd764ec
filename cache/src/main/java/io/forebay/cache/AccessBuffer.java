package io.forebay.cache;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;

/// Counts reads exactly, and carries them to the eviction policy without making readers wait: a few
/// rings of slots, one ring chosen by thread, each overwritten when nobody empties it in time. Two
/// threads that use a ring at the same moment may overwrite each other's place. Losing a read costs
/// the policy a little accuracy and nothing else.
///
/// The count is the one atomic operation of a read.
final class AccessBuffer {

  private static final int RING_SIZE = 64;
  private static final int LONGS_PER_LINE = 16; // 128 bytes: two lines, for adjacent prefetch
  private static final int INTS_PER_LINE = 32;
  private static final int EMPTY = 0;

  private final int ringMask;
  private final AtomicLongArray counts;

  /// Places of each ring used so far.
  private final AtomicIntegerArray cursors;

  /// Slots, one added to each.
  private final AtomicIntegerArray rings;

  /// How far each ring was emptied; guarded by the caller of [#drain].
  private final int[] drained;

  /// @param parallelism threads that are expected to read at the same time; at least 1
  AccessBuffer(int parallelism) {
    int count = Integer.highestOneBit(Math.clamp(parallelism * 4L, 4, 64));
    this.ringMask = count - 1;
    this.counts = new AtomicLongArray(count * LONGS_PER_LINE);
    this.cursors = new AtomicIntegerArray(count * INTS_PER_LINE);
    this.rings = new AtomicIntegerArray(count * RING_SIZE);
    this.drained = new int[count];
  }

  /// Counts a read that the policy need not hear of. Wait-free.
  void count() {
    counts.getAndIncrement(ring() * LONGS_PER_LINE);
  }

  /// Counts a read and keeps the slot of what was read. Wait-free.
  ///
  /// @return whether this thread should try to have the buffer drained
  boolean record(int slot) {
    int ring = ring();
    counts.getAndIncrement(ring * LONGS_PER_LINE);
    int cursor = cursors.getOpaque(ring * INTS_PER_LINE);
    int place = cursor & (RING_SIZE - 1);
    rings.setOpaque(ring * RING_SIZE + place, slot + 1);
    cursors.setRelease(ring * INTS_PER_LINE, cursor + 1);
    return place == RING_SIZE - 1;
  }

  private int ring() {
    return (int) Thread.currentThread().threadId() & ringMask;
  }

  /// Reads so far, lost ones included.
  long sum() {
    long sum = 0;
    for (int ring = 0; ring <= ringMask; ring++) {
      sum += counts.get(ring * LONGS_PER_LINE);
    }
    return sum;
  }

  /// Hands over all slots in the rings, oldest first per ring. One thread at a time.
  void drain(IntConsumer consumer) {
    drain(consumer, () -> false);
  }

  /// Hands over the slots in the rings, but leaves the rest to the next time once it should stop.
  void drain(IntConsumer consumer, BooleanSupplier shouldStop) {
    for (int ring = 0; ring <= ringMask; ring++) {
      int end = cursors.getAcquire(ring * INTS_PER_LINE);
      // A reader that was held up between reading the cursor and writing it puts it back.
      int waiting = Math.clamp(end - drained[ring], 0, RING_SIZE);
      int cursor = end - waiting;
      for (; cursor != end && !shouldStop.getAsBoolean(); cursor++) {
        int index = ring * RING_SIZE + (cursor & (RING_SIZE - 1));
        int kept = rings.getOpaque(index);
        if (kept != EMPTY) {
          rings.setOpaque(index, EMPTY);
          consumer.accept(kept - 1);
        }
      }
      drained[ring] = cursor;
    }
  }
}
