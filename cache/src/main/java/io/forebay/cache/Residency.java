package io.forebay.cache;

import io.forebay.cache.policy.EvictionPolicies;
import io.forebay.cache.policy.EvictionPolicy;
import io.forebay.cache.policy.HitObjective;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// The books beside the table: which residents are accounted for, their weight, their place in the
/// eviction policy and on the timer wheel. Everything here is single-threaded behind one lock,
/// which readers never wait for: they leave what they did in buffers.
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
/// A resident is taken out of the table by exactly one thread (the one whose `put` replaced it, or
/// whose `remove` succeeded). It is then released once, outside the lock, and not before the books
/// have done with it: by that thread, or by whoever drains the queue of departures.
final class Residency<K extends Comparable<? super K>, V> implements NodeBudget.Member {

  private static final int EVICTIONS_PER_SLICE = 1_024;
  private static final int TIMERS_PER_SLICE = 1_024;
  private static final int MOVES_PER_SLICE = 1_024;
  private static final int MOVES_PER_WRITE = 32;

  /// The policy hears of reads at most so often (100 µs), except when it has to choose. At a
  /// million reads a second it thus hears of nearly every one, at ten million of a sample, and its
  /// share of the time is bounded.
  private static final long HEARING_PAUSE_NANOS = 100_000;

  private final Table<K, V> table;
  private final AccessBuffer accesses =
      new AccessBuffer(Runtime.getRuntime().availableProcessors());
  private final ConcurrentLinkedQueue<Resident<K, V>> departures = new ConcurrentLinkedQueue<>();
  private final Counters counters;
  private final Witnesses<K, V> witnesses;
  private final NodeBudget node;
  private final Expiry expiry;
  private final BooksLock lock = new BooksLock();

  // Guarded by the lock; the volatile ones may be read without.
  private final Storage<K, V> storage;
  private final Storage.Holders<K, V> slots;
  private final TimerWheel timers;
  private volatile EvictionPolicy policy;
  private volatile HitObjective objective;
  private volatile CacheBounds bounds;
  private volatile long heardNanos;
  private final AtomicLong weightBytes = new AtomicLong();

  Residency(
      Table<K, V> table,
      Storage<K, V> storage,
      String policyName,
      HitObjective objective,
      Expiry expiry,
      CacheBounds bounds,
      NodeBudget node,
      Counters counters,
      Witnesses<K, V> witnesses) {
    this.table = table;
    this.storage = storage;
    this.slots = storage.holders();
    this.expiry = expiry;
    this.timers = new TimerWheel(expiry.originNanos(), this::deadlineNanos);
    this.bounds = bounds;
    this.objective = objective;
    this.policy = newPolicy(policyName, objective, bounds);
    this.node = node;
    this.counters = counters;
    this.witnesses = witnesses;
    node.join(this);
  }

  private static EvictionPolicy newPolicy(String name, HitObjective objective, CacheBounds bounds) {
    return EvictionPolicies.named(
        name, bounds.maxBytes(), bounds.maxEntries(), objective, System.identityHashCode(bounds));
  }

  CacheBounds bounds() {
    return bounds;
  }

  String policyName() {
    return policy.name();
  }

  HitObjective objective() {
    return objective;
  }

  @Override
  public long weightBytes() {
    return weightBytes.get();
  }

  /// Whether something of this weight can be kept at all.
  boolean couldHold(long bytes) {
    return bytes <= bounds.maxBytes() && bytes <= node.maxBytes() && bytes <= Integer.MAX_VALUE;
  }

  long hits() {
    return accesses.sum();
  }

  // ---- notices from readers and the sweep: never wait

  /// A read of `resident` was a hit. What was just read before tells the policy nothing new: so the
  /// most wanted entries, which every thread reads, cost it nothing.
  void accessed(Resident<K, V> resident, long nanoTime) {
    if (!resident.accessed(nanoTime)) {
      accesses.count();
    } else if (accesses.record(resident.slotSeen()) && !heardJustNow(nanoTime)) {
      settleUnlessBusy();
    }
  }

  /// Whether the policy heard of reads a moment ago. Not if at this very time, as a clock that
  /// stands still would have it.
  private boolean heardJustNow(long nanoTime) {
    long since = nanoTime - heardNanos;
    return since > 0 && since < HEARING_PAUSE_NANOS;
  }

  /// Drops a dead resident, unless someone else did or it was replaced.
  ///
  /// @return whether this call dropped it
  boolean drop(Resident<K, V> dead, Departure.Cause cause) {
    if (!leaveTable(dead)) {
      return false;
    }
    witnesses.left(dead, cause);
    departures.add(dead);
    settleUnlessBusy();
    return true;
  }

  /// Drops dead residents and strikes them from the books at once, so that readers do not have to:
  /// they find the books busy for a moment and go on. For a few at a time, as writers wait.
  ///
  /// @return those that this call dropped
  List<Resident<K, V>> dropAll(List<Resident<K, V>> dead, Departure.Cause cause) {
    List<Resident<K, V>> dropped = new ArrayList<>(dead.size());
    for (Resident<K, V> resident : dead) {
      if (leaveTable(resident)) {
        witnesses.left(resident, cause);
        dropped.add(resident);
      }
    }
    lock.lock();
    try {
      dropped.forEach(this::takeOut);
    } finally {
      lock.unlock();
    }
    releaseAll(dropped);
    afterUnlock();
    return dropped;
  }

  // ---- notices from writers: on return the books are right and the bounds are met

  /// `resident` came into the table, in place of `previous` if that is not null.
  ///
  /// @param insists whether it must get a place even if the policy thinks little of it
  /// @return whether it was admitted
  boolean arrived(Resident<K, V> resident, @Nullable Resident<K, V> previous, boolean insists) {
    List<Resident<K, V>> evicted = new ArrayList<>();
    boolean admitted;
    lock.lock();
    try {
      noteDepartures(evicted);
      if (isFullWith(resident)) {
        noteReads();
      }
      if (insists) {
        makeRoom(resident, previous, evicted);
      }
      boolean isNew = takeIn(resident, previous);
      if (isNew && !insists) {
        admitted = evictUnless(resident, evicted);
      } else {
        admitted = true;
      }
      evictToBounds(Integer.MAX_VALUE, evicted);
      storage.compact(MOVES_PER_WRITE);
    } finally {
      lock.unlock();
    }
    releaseAll(evicted);
    afterUnlock();
    node.relieve();
    return admitted;
  }

  /// A writer took `resident` out of the table.
  void departed(Resident<K, V> resident, Departure.Cause cause) {
    witnesses.left(resident, cause);
    departures.add(resident);
    settle();
  }

  /// Brings the books up to date.
  void settle() {
    lock.lock();
    catchUpAndUnlock(() -> false);
    afterUnlock();
  }

  void changeBounds(CacheBounds changed) {
    lock.lock();
    try {
      bounds = changed;
      policy.changeCapacity(changed.maxBytes(), changed.maxEntries());
    } finally {
      lock.unlock();
    }
    boolean more = true;
    while (more) {
      List<Resident<K, V>> evicted = new ArrayList<>();
      lock.lock();
      try {
        catchUp(evicted);
        more = evictToBounds(EVICTIONS_PER_SLICE, evicted);
      } finally {
        lock.unlock();
      }
      releaseAll(evicted);
    }
  }

  /// Hands all entries over to another policy, best ones last. Writers wait meanwhile.
  ///
  /// @throws IllegalArgumentException for an unknown name
  void changePolicy(String name, HitObjective changedObjective) {
    settle();
    lock.lock();
    try {
      EvictionPolicy next = newPolicy(name, changedObjective, bounds);
      for (int slot : policy.evictionOrder(now())) {
        Resident<K, V> resident = slots.holder(slot);
        if (resident != null) {
          next.add(slot, hash(resident), resident.weightBytes, expiry.forPolicy(resident));
        }
      }
      policy = next;
      objective = changedObjective;
    } finally {
      lock.unlock();
    }
  }

  /// Drops what has expired, in slices, so that writers get in between.
  void expire() {
    boolean more = true;
    while (more) {
      List<Resident<K, V>> expired = new ArrayList<>();
      lock.lock();
      try {
        catchUp(expired);
        more = timers.advance(expiry.nanoTime(), TIMERS_PER_SLICE, slot -> expire(slot, expired));
      } finally {
        lock.unlock();
      }
      releaseAll(expired);
    }
    afterUnlock();
  }

  /// Gives memory back that lies idle between residents, in slices.
  void compact() {
    boolean more = true;
    while (more) {
      lock.lock();
      try {
        more = storage.compact(MOVES_PER_SLICE);
      } finally {
        lock.unlock();
      }
    }
  }

  @Override
  public long shed(long bytes) {
    List<Resident<K, V>> evicted = new ArrayList<>();
    long before;
    long after;
    lock.lock();
    try {
      catchUp(evicted);
      before = weightBytes();
      boolean more = true;
      while (more && before - weightBytes() < bytes) {
        more = evictOne(evicted, Departure.Cause.EVICTED_FOR_BYTES);
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
    lock.lock();
    try {
      storage.close();
    } finally {
      lock.unlock();
    }
  }

  // ---- under the lock

  /// @param gone gets the departed ones that the books have now done with
  private void catchUp(List<Resident<K, V>> gone) {
    noteDepartures(gone);
    noteReads();
  }

  private void noteDepartures(List<Resident<K, V>> gone) {
    for (Resident<K, V> one = departures.poll(); one != null; one = departures.poll()) {
      takeOut(one);
      gone.add(one);
    }
  }

  /// Allocates only if something has departed.
  ///
  /// @param leavesEarly whether to leave what is left of the reads to the next time
  private void catchUpAndUnlock(BooleanSupplier leavesEarly) {
    List<Resident<K, V>> gone = List.of();
    try {
      if (!departures.isEmpty()) {
        gone = new ArrayList<>();
        noteDepartures(gone);
      }
      noteReads(leavesEarly);
    } finally {
      lock.unlock();
    }
    releaseAll(gone);
  }

  private void noteReads() {
    noteReads(() -> false);
  }

  private void noteReads(BooleanSupplier leavesEarly) {
    accesses.drain(policy::recordAccess, leavesEarly);
    heardNanos = expiry.nanoTime();
  }

  /// @return whether it is in and has taken over nobody's place
  private boolean takeIn(Resident<K, V> resident, @Nullable Resident<K, V> previous) {
    if (resident.hasDeparted()) {
      if (previous != null) {
        takeOut(previous);
      }
      return false;
    }
    if (previous != null && previous.isAccounted()) {
      succeed(previous, resident);
      return false;
    }
    int slot = slots.take(resident);
    timers.schedule(slot);
    policy.add(slot, hash(resident), resident.weightBytes, expiry.forPolicy(resident));
    weigh(resident.weightBytes);
    return true;
  }

  private void succeed(Resident<K, V> previous, Resident<K, V> resident) {
    int slot = previous.slot();
    previous.setSlot(Resident.NO_SLOT);
    slots.pass(slot, resident);
    if (expiry.deadlineNanos(resident) - expiry.deadlineNanos(previous) < 0) {
      timers.hasten(slot);
    }
    policy.update(slot, resident.weightBytes, expiry.forPolicy(resident));
    weigh((long) resident.weightBytes - previous.weightBytes);
  }

  private void takeOut(Resident<K, V> resident) {
    if (resident.isAccounted()) {
      policy.remove(resident.slot());
      strike(resident);
    }
  }

  /// Takes a resident that the policy has forgotten out of the other books.
  private void strike(Resident<K, V> resident) {
    int slot = resident.slot();
    timers.cancel(slot);
    slots.release(slot);
    resident.setSlot(Resident.NO_SLOT);
    weigh(-resident.weightBytes);
  }

  private void weigh(long bytes) {
    if (bytes != 0) {
      weightBytes.addAndGet(bytes);
      node.charge(bytes);
    }
  }

  private boolean isFullWith(Resident<K, V> arriving) {
    return weightBytes() + arriving.weightBytes > bounds.maxBytes()
        || policy.size() + 1L > bounds.maxEntries();
  }

  /// Evicts until `resident` will fit, so that it is no candidate itself.
  private void makeRoom(
      Resident<K, V> resident, @Nullable Resident<K, V> previous, List<Resident<K, V>> evicted) {
    boolean more = true;
    while (more) {
      boolean succeeds = previous != null && previous.isAccounted();
      long weight = weightBytes() + resident.weightBytes;
      if (previous != null && succeeds) {
        weight -= previous.weightBytes;
      }
      boolean tooHeavy = weight > bounds.maxBytes();
      boolean tooMany = !succeeds && policy.size() + 1L > bounds.maxEntries();
      if (!tooHeavy && !tooMany) {
        return;
      }
      more =
          evictOne(
              evicted,
              tooHeavy ? Departure.Cause.EVICTED_FOR_BYTES : Departure.Cause.EVICTED_FOR_ENTRIES);
    }
  }

  /// Evicts to the bounds, where the newcomer is a candidate like any other.
  ///
  /// @return whether the newcomer stayed
  private boolean evictUnless(Resident<K, V> newcomer, List<Resident<K, V>> evicted) {
    while (policy.isOverCapacity()) {
      int victim = policy.evict(now());
      if (victim == newcomer.slot()) {
        evictHolder(victim, evicted, Departure.Cause.REFUSED);
        return false;
      }
      evictHolder(victim, evicted, causeNow());
    }
    return true;
  }

  /// @return whether more must go than `most`
  private boolean evictToBounds(int most, List<Resident<K, V>> evicted) {
    for (int i = 0; i < most; i++) {
      if (!policy.isOverCapacity() || !evictOne(evicted, causeNow())) {
        return false;
      }
    }
    return true;
  }

  private Departure.Cause causeNow() {
    return weightBytes() > bounds.maxBytes()
        ? Departure.Cause.EVICTED_FOR_BYTES
        : Departure.Cause.EVICTED_FOR_ENTRIES;
  }

  /// Takes the next victim out, which may turn out to have left the table by itself.
  ///
  /// @return whether there was one
  private boolean evictOne(List<Resident<K, V>> evicted, Departure.Cause cause) {
    if (policy.size() == 0) {
      return false;
    }
    evictHolder(policy.evict(now()), evicted, cause);
    return true;
  }

  private void evictHolder(int slot, List<Resident<K, V>> evicted, Departure.Cause cause) {
    Resident<K, V> victim = holder(slot);
    strike(victim);
    if (leaveTable(victim)) {
      counters.countEviction(cause);
      witnesses.left(victim, cause);
      evicted.add(victim);
    }
  }

  private void expire(int slot, List<Resident<K, V>> expired) {
    Resident<K, V> resident = holder(slot);
    takeOut(resident);
    if (leaveTable(resident)) {
      counters.expirationsInBackground.increment();
      witnesses.left(resident, Departure.Cause.EXPIRED);
      expired.add(resident);
    }
  }

  private long deadlineNanos(int slot) {
    return expiry.deadlineNanos(holder(slot));
  }

  private Resident<K, V> holder(int slot) {
    Resident<K, V> holder = slots.holder(slot);
    if (holder == null) {
      throw new IllegalStateException("slot " + slot + " is in the books, but nobody holds it");
    }
    return holder;
  }

  private boolean leaveTable(Resident<K, V> resident) {
    if (!table.remove(resident)) {
      return false;
    }
    resident.depart();
    return true;
  }

  private long now() {
    return expiry.nanoTime() - expiry.originNanos();
  }

  /// All 64 bits vary (the finalizer of SplitMix64).
  private static long hash(Resident<?, ?> resident) {
    long mixed = resident.hash * 0x9E3779B97F4A7C15L;
    mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return mixed ^ (mixed >>> 31);
  }

  // ---- after the lock

  private void settleUnlessBusy() {
    if (lock.tryLock()) {
      catchUpAndUnlock(lock::isWanted);
      afterUnlock();
    }
  }

  /// Whoever found the lock busy went away, so its holder looks again after letting go.
  private void afterUnlock() {
    while (!departures.isEmpty() && lock.tryLock()) {
      catchUpAndUnlock(lock::isWanted);
    }
  }

  private static void releaseAll(List<? extends Resident<?, ?>> residents) {
    for (Resident<?, ?> resident : residents) {
      resident.release();
    }
  }
}
