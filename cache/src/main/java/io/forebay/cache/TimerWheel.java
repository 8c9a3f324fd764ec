package io.forebay.cache;

import io.forebay.cache.policy.IntColumn;
import java.util.function.IntConsumer;
import java.util.function.IntToLongFunction;

/// A hierarchical timing wheel (Varghese and Lauck, SOSP 1987): schedules and cancels a slot's
/// deadline in constant time, for spans from a millisecond to [Lifetime#LONGEST] twice.
///
/// Seven wheels of 64 buckets; a bucket of the first covers 2^20 ns (1.05 ms), one of each further
/// wheel 64 times as much (67 ms, 4.3 s, 4.6 min, 4.9 h, 13 days, 2.3 years). A slot lies in the
/// coarsest bucket that still separates it from now; when the hand reaches that bucket its slots
/// fall into finer ones, until one in the finest is due. A slot is due at most one finest bucket
/// late, never early.
///
/// Deadlines are asked for anew whenever a slot is looked at, so one that moved to later needs no
/// call: the slot is found early and put back.
///
/// Work is bounded: when the hand moves, whole buckets are spliced to a list of pending slots (at
/// most 448 splices, however many slots), and [#advance] takes only so many from that list. A
/// million deadlines in one second thus take many short calls instead of one long one.
///
/// Eight bytes a slot. Not thread-safe: [Residency] guards it.
final class TimerWheel {

  private static final int WHEELS = 7;
  private static final int BUCKETS = 64;
  private static final int BUCKET_BITS = 6;
  private static final int FINEST_SHIFT = 20;

  /// The list of slots that wait to be looked at; its head follows those of the buckets.
  private static final int PENDING = WHEELS * BUCKETS;

  private static final int HEADS = PENDING + 1;
  private static final int UNSCHEDULED = -1;

  /// Circular lists: each bucket's head is the node of its number, a slot's node is `HEADS + slot`.
  private final IntColumn next = new IntColumn(UNSCHEDULED);

  private final IntColumn previous = new IntColumn();
  private final IntToLongFunction deadlines;

  /// All times inside are counted from here, hence never negative.
  private final long originNanos;

  private long handNanos;

  /// @param deadlines says when a slot is due, in [TimeSource#nanoTime]
  TimerWheel(long nanoTime, IntToLongFunction deadlines) {
    this.originNanos = nanoTime;
    this.deadlines = deadlines;
    cover(PENDING);
    for (int head = 0; head < HEADS; head++) {
      next.set(head, head);
      previous.set(head, head);
    }
  }

  /// Schedules a slot that is not scheduled.
  void schedule(int slot) {
    int node = HEADS + slot;
    cover(node);
    append(headFor(deadlines.applyAsLong(slot) - originNanos), node);
  }

  /// Cancels a slot; does nothing if it is not scheduled.
  void cancel(int slot) {
    int node = HEADS + slot;
    if (node < next.limit() && next.get(node) != UNSCHEDULED) {
      unlink(node);
    }
  }

  /// A slot's deadline moved to earlier than it was.
  void hasten(int slot) {
    cancel(slot);
    schedule(slot);
  }

  /// Moves the hand to `nanoTime` and hands over slots that are due, unscheduled, looking at no
  /// more than `budget` slots.
  ///
  /// @return whether there is more to look at now
  boolean advance(long nanoTime, int budget, IntConsumer due) {
    long now = nanoTime - originNanos;
    collectBuckets(now);
    int left = budget;
    while (next.get(PENDING) != PENDING && left > 0) {
      int node = next.get(PENDING);
      int slot = node - HEADS;
      unlink(node);
      if (deadlines.applyAsLong(slot) - originNanos <= now) {
        due.accept(slot);
      } else {
        schedule(slot);
      }
      left--;
    }
    return next.get(PENDING) != PENDING;
  }

  /// Splices every bucket that the hand passes or reaches to the pending list. If a wheel's hand
  /// stays in its bucket, so do those of all coarser wheels.
  private void collectBuckets(long now) {
    long before = handNanos;
    if (now <= before) {
      return;
    }
    handNanos = now;
    int shift = FINEST_SHIFT;
    for (int wheel = 0; wheel < WHEELS; wheel++) {
      long from = before >>> shift;
      long to = now >>> shift;
      if (from == to) {
        return;
      }
      long steps = Math.min(to - from + 1, BUCKETS);
      for (long tick = from; tick < from + steps; tick++) {
        appendAll(PENDING, wheel * BUCKETS + (int) (tick & (BUCKETS - 1)));
      }
      shift += BUCKET_BITS;
    }
  }

  private int headFor(long wantedDeadline) {
    long deadline = Math.max(wantedDeadline, handNanos); // a bucket behind the hand is not reached
    long span = deadline - handNanos;
    int shift = FINEST_SHIFT;
    int wheel = 0;
    while (wheel < WHEELS - 1 && span >= 1L << (shift + BUCKET_BITS)) {
      wheel++;
      shift += BUCKET_BITS;
    }
    return wheel * BUCKETS + (int) ((deadline >>> shift) & (BUCKETS - 1));
  }

  // ---- lists

  private void append(int head, int node) {
    int last = previous.get(head);
    next.set(last, node);
    previous.set(node, last);
    next.set(node, head);
    previous.set(head, node);
  }

  private void unlink(int node) {
    int before = previous.get(node);
    int after = next.get(node);
    next.set(before, after);
    previous.set(after, before);
    next.set(node, UNSCHEDULED);
  }

  private void appendAll(int head, int emptied) {
    int first = next.get(emptied);
    if (first == emptied) {
      return;
    }
    int last = previous.get(emptied);
    int end = previous.get(head);
    next.set(end, first);
    previous.set(first, end);
    next.set(last, head);
    previous.set(head, last);
    next.set(emptied, emptied);
    previous.set(emptied, emptied);
  }

  private void cover(int node) {
    next.cover(node);
    previous.cover(node);
  }
}
