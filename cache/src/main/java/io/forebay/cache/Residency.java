package io.forebay.cache;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// The books beside the table: which residents are accounted for, their weight, their place in the
/// eviction order and on the timer wheel. Everything here is single-threaded behind one lock, which
/// readers never wait for: they leave what they did in buffers.
///
/// The table changes first, the books follow. Since the two are not one step, notices can arrive
/// out of order, and a resident's own state decides: one that has departed from the table is never
/// taken in, and one that was never taken in is never taken out.
///
/// ```
/// put(A)                 put(B), same key
/// table: A
///                        table: B; A departs
///                        books: A unknown, so nothing to take out; takes B in
/// books: A has departed, so not taken in
/// ```
///
/// A resident is taken out of the table by exactly one thread (`replace`, or `remove(key, this
/// one)` that succeeded), and that thread releases the table's reference on its value, once, after
/// it let go of the lock.
final class Residency<K extends Comparable<? super K>, V> implements NodeBudget.Member {

  private static final int EVICTIONS_PER_SLICE = 1_024;
  private static final int TIMERS_PER_SLICE = 1_024;

  private final ConcurrentMap<K, Resident<K, V>> table;
  private final EvictionOrder<Resident<K, V>> order;
  private final TimerWheel<Resident<K, V>> timers;
  private final AccessBuffer<Resident<K, V>> accesses =
      new AccessBuffer<>(Runtime.getRuntime().availableProcessors());
  private final ConcurrentLinkedQueue<Resident<K, V>> departures = new ConcurrentLinkedQueue<>();
  private final Counters counters;
  private final NodeBudget node;
  private final LongSupplier nanoTime;

  private final ReentrantLock lock = new ReentrantLock();
  private volatile CacheBounds bounds;

  /// Changed under the lock only.
  private final AtomicLong weightBytes = new AtomicLong();

  private long entries;

  Residency(
      ConcurrentHashMap<K, Resident<K, V>> table,
      EvictionOrder<Resident<K, V>> order,
      ToLongFunction<Resident<K, V>> deadlines,
      CacheBounds bounds,
      NodeBudget node,
      Counters counters,
      LongSupplier nanoTime) {
    this.table = table;
    this.order = order;
    this.timers = new TimerWheel<>(nanoTime.getAsLong(), deadlines);
    this.bounds = bounds;
    this.node = node;
    this.counters = counters;
    this.nanoTime = nanoTime;
    node.join(this);
  }

  CacheBounds bounds() {
    return bounds;
  }

  @Override
  public long weightBytes() {
    return weightBytes.get();
  }

  /// Whether something of this weight can be kept at all.
  boolean couldHold(long bytes) {
    return bytes <= bounds.maxBytes() && bytes <= node.maxBytes();
  }

  long hits() {
    return accesses.count();
  }

  // ---- notices from readers and the sweep: never wait

  void accessed(Resident<K, V> resident) {
    if (accesses.record(resident)) {
      settleUnlessBusy();
    }
  }

  /// Drops a dead resident, unless someone else did or it was replaced.
  ///
  /// @return whether this call dropped it
  boolean drop(Resident<K, V> dead) {
    if (!leaveTable(dead)) {
      return false;
    }
    departures.add(dead);
    dead.close();
    settleUnlessBusy();
    return true;
  }

  // ---- notices from writers: on return the books are right and the bounds are met

  /// `resident` came into the table, in place of `previous` if that is not null.
  void arrived(Resident<K, V> resident, @Nullable Resident<K, V> previous) {
    List<Resident<K, V>> evicted = new ArrayList<>();
    lock.lock();
    try {
      catchUp();
      takeIn(resident, previous);
      evictToBounds(Integer.MAX_VALUE, evicted);
    } finally {
      lock.unlock();
    }
    releaseAll(evicted);
    afterUnlock();
    node.relieve();
  }

  /// A writer took `resident` out of the table.
  void departed(Resident<K, V> resident) {
    departures.add(resident);
    settle();
  }

  /// Brings the books up to date.
  void settle() {
    lock.lock();
    try {
      catchUp();
    } finally {
      lock.unlock();
    }
    afterUnlock();
  }

  void changeBounds(CacheBounds changed) {
    lock.lock();
    try {
      bounds = changed;
    } finally {
      lock.unlock();
    }
    boolean more = true;
    while (more) {
      List<Resident<K, V>> evicted = new ArrayList<>();
      lock.lock();
      try {
        catchUp();
        more = evictToBounds(EVICTIONS_PER_SLICE, evicted);
      } finally {
        lock.unlock();
      }
      releaseAll(evicted);
    }
  }

  /// Drops what has expired, in slices, so that writers get in between.
  void expire() {
    boolean more = true;
    while (more) {
      List<Resident<K, V>> expired = new ArrayList<>();
      lock.lock();
      try {
        catchUp();
        more = timers.advance(nanoTime.getAsLong(), TIMERS_PER_SLICE, r -> expire(r, expired));
      } finally {
        lock.unlock();
      }
      releaseAll(expired);
    }
    afterUnlock();
  }

  @Override
  public long shed(long bytes) {
    List<Resident<K, V>> evicted = new ArrayList<>();
    long before;
    long after;
    lock.lock();
    try {
      catchUp();
      before = weightBytes();
      boolean more = true;
      while (more && before - weightBytes() < bytes) {
        more = evictOne(evicted, counters.evictionsForBytes);
      }
      after = weightBytes();
    } finally {
      lock.unlock();
    }
    releaseAll(evicted);
    return before - after;
  }

  /// Takes no further part in the node's budget; the books are empty by then.
  void close() {
    settle();
    node.leave(this);
  }

  // ---- under the lock

  private void catchUp() {
    for (Resident<K, V> gone = departures.poll(); gone != null; gone = departures.poll()) {
      takeOut(gone);
    }
    accesses.drain(read -> {
      if (read.accounted) {
        order.accessed(read);
      }
    });
  }

  private void takeIn(Resident<K, V> resident, @Nullable Resident<K, V> previous) {
    if (resident.hasDeparted()) {
      if (previous != null) {
        takeOut(previous);
      }
      return;
    }
    if (previous != null && previous.accounted) {
      order.replaced(previous, resident);
      strike(previous);
    } else {
      order.added(resident);
    }
    resident.accounted = true;
    timers.schedule(resident);
    entries++;
    weigh(resident.weightBytes);
  }

  private void takeOut(Resident<K, V> resident) {
    if (resident.accounted) {
      order.removed(resident);
      strike(resident);
    }
  }

  private void strike(Resident<K, V> resident) {
    resident.accounted = false;
    timers.cancel(resident);
    entries--;
    weigh(-resident.weightBytes);
  }

  private void weigh(long bytes) {
    weightBytes.addAndGet(bytes);
    node.charge(bytes);
  }

  /// @return whether more must go than `most`
  private boolean evictToBounds(int most, List<Resident<K, V>> evicted) {
    for (int i = 0; i < most; i++) {
      boolean tooHeavy = weightBytes() > bounds.maxBytes();
      if (!tooHeavy && entries <= bounds.maxEntries()) {
        return false;
      }
      if (!evictOne(
          evicted, tooHeavy ? counters.evictionsForBytes : counters.evictionsForEntries)) {
        return false;
      }
    }
    return true;
  }

  /// Takes the next victim out, which may turn out to have left the table by itself.
  ///
  /// @return whether there was one
  private boolean evictOne(List<Resident<K, V>> evicted, LongAdder cause) {
    Resident<K, V> victim = order.victim();
    if (victim == null) {
      return false;
    }
    takeOut(victim);
    if (leaveTable(victim)) {
      cause.increment();
      evicted.add(victim);
    }
    return true;
  }

  private void expire(Resident<K, V> resident, List<Resident<K, V>> expired) {
    takeOut(resident);
    if (leaveTable(resident)) {
      counters.expirationsInBackground.increment();
      expired.add(resident);
    }
  }

  private boolean leaveTable(Resident<K, V> resident) {
    if (!table.remove(resident.key(), resident)) {
      return false;
    }
    resident.depart();
    return true;
  }

  // ---- after the lock

  private void settleUnlessBusy() {
    if (lock.tryLock()) {
      try {
        catchUp();
      } finally {
        lock.unlock();
      }
      afterUnlock();
    }
  }

  /// Whoever found the lock busy went away, so its holder looks again after letting go.
  private void afterUnlock() {
    while (!departures.isEmpty() && lock.tryLock()) {
      try {
        catchUp();
      } finally {
        lock.unlock();
      }
    }
  }

  private static void releaseAll(List<? extends Resident<?, ?>> residents) {
    for (Resident<?, ?> resident : residents) {
      resident.close();
    }
  }
}
