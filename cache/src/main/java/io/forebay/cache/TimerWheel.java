package io.forebay.cache;

import java.util.function.Consumer;
import java.util.function.ToLongFunction;

/// A hierarchical timing wheel (Varghese and Lauck, SOSP 1987): schedules, moves and cancels a
/// deadline in constant time, for spans from a millisecond to [Lifetime#LONGEST] twice.
///
/// Seven wheels of 64 buckets; a bucket of the first covers 2^20 ns (1.05 ms), one of each further
/// wheel 64 times as much (67 ms, 4.3 s, 4.6 min, 4.9 h, 13 days, 2.3 years). An item lies in the
/// coarsest bucket that still separates it from now; when the hand reaches that bucket its items
/// fall into finer ones, until one in the finest is due. An item is due at most one finest bucket
/// late, never early.
///
/// Work is bounded: when the hand moves, whole buckets are spliced to a list of pending items (at
/// most 448 splices, however many items), and [#advance] takes only so many from that list. A
/// million deadlines in one second thus take many short calls instead of one long one.
///
/// Not thread-safe: [Residency] guards it.
final class TimerWheel<T extends TimerLink> {

  private static final int WHEELS = 7;
  private static final int BUCKETS = 64;
  private static final int BUCKET_BITS = 6;
  private static final int FINEST_SHIFT = 20;

  private final TimerLink[][] wheels = new TimerLink[WHEELS][BUCKETS];
  private final TimerLink pending = new TimerLink();
  private final ToLongFunction<T> deadlines;

  /// All times inside are counted from here, hence never negative.
  private final long originNanos;

  private long handNanos;

  /// @param deadlines says when an item is due, in [TimeSource#nanoTime]; asked again whenever the
  ///   item is looked at, so a deadline that moved away needs no call
  TimerWheel(long nanoTime, ToLongFunction<T> deadlines) {
    this.originNanos = nanoTime;
    this.deadlines = deadlines;
    for (TimerLink[] wheel : wheels) {
      for (int i = 0; i < BUCKETS; i++) {
        wheel[i] = new TimerLink();
      }
    }
  }

  /// Schedules an item that is not scheduled.
  void schedule(T item) {
    bucketFor(deadlines.applyAsLong(item) - originNanos).append(item);
  }

  /// Cancels an item; does nothing if it is not scheduled.
  void cancel(T item) {
    item.unlink();
  }

  /// Moves the hand to `nanoTime` and hands over items that are due, unscheduled, looking at no
  /// more than `budget` items.
  ///
  /// @return whether there is more to look at now
  boolean advance(long nanoTime, int budget, Consumer<T> due) {
    long now = nanoTime - originNanos;
    collectBuckets(now);
    int left = budget;
    while (pending.isScheduled() && left > 0) {
      @SuppressWarnings("unchecked") // lists hold what schedule() was given, and their own heads
      T item = (T) pending.timerNext;
      item.unlink();
      if (deadlines.applyAsLong(item) - originNanos <= now) {
        due.accept(item);
      } else {
        schedule(item);
      }
      left--;
    }
    return pending.isScheduled();
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
    for (TimerLink[] wheel : wheels) {
      long from = before >>> shift;
      long to = now >>> shift;
      if (from == to) {
        return;
      }
      long steps = Math.min(to - from + 1, BUCKETS);
      for (long tick = from; tick < from + steps; tick++) {
        pending.takeAll(wheel[(int) (tick & (BUCKETS - 1))]);
      }
      shift += BUCKET_BITS;
    }
  }

  private TimerLink bucketFor(long wantedDeadline) {
    long deadline = Math.max(wantedDeadline, handNanos); // a bucket behind the hand is not reached
    long span = deadline - handNanos;
    int shift = FINEST_SHIFT;
    for (int wheel = 0; wheel < WHEELS - 1; wheel++) {
      if (span < 1L << (shift + BUCKET_BITS)) {
        return bucket(wheel, deadline, shift);
      }
      shift += BUCKET_BITS;
    }
    return bucket(WHEELS - 1, deadline, shift);
  }

  private TimerLink bucket(int wheel, long deadline, int shift) {
    return wheels[wheel][(int) ((deadline >>> shift) & (BUCKETS - 1))];
  }
}
