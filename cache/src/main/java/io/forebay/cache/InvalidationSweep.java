package io.forebay.cache;

import org.jspecify.annotations.Nullable;

/// Walks the table after invalidations: drops what a hard barrier covers, marks what a soft one
/// covers, and then retires the barriers that have nothing left to cover.
///
/// A barrier at `p` may retire after a walk that began when no load from before `p` was open any
/// more. It is not enough that such loads have ended when the walk ends:
///
/// ```
/// load, began before p         invalidator      sweep
/// complete: no barrier yet
///                              barrier at p
///                                               walks past the key's place, finds nothing
/// stores the old value, ends
///                                               no open load: retires p, and the old value is fresh
/// ```
///
/// A client's write needs no such care: one that overlaps the invalidation may count as later.
///
/// One thread at a time.
final class InvalidationSweep<K extends Comparable<? super K>, V> {

  /// After a walk that took a while, the next waits this many times as long: invalidations that
  /// keep coming cost a quarter of a core at most.
  private static final int REST = 3;

  private final String cache;
  private final Table<K, V> table;
  private final Invalidator<K, V> invalidator;
  private final Barriers barriers;
  private final Residency<K, V> residency;
  private final Receipts receipts;
  private final Clocks clocks;

  private long sweptGeneration;
  private @Nullable Position retired;
  private long restUntilNanos;

  InvalidationSweep(
      CacheBuilder<K, V> settings,
      Table<K, V> table,
      Invalidator<K, V> invalidator,
      Barriers barriers,
      Residency<K, V> residency,
      Clocks clocks) {
    this.cache = settings.name;
    this.receipts = settings.receipts;
    this.table = table;
    this.invalidator = invalidator;
    this.barriers = barriers;
    this.residency = residency;
    this.clocks = clocks;
    this.sweptGeneration = barriers.generation();
    this.restUntilNanos = clocks.nanoTime();
  }

  /// Sweeps the whole table if that would drop or retire anything.
  void runIfDue() {
    long began = clocks.nanoTime();
    Position newest = barriers.newest();
    if (newest == null || restUntilNanos - began > 0) {
      return;
    }
    long generation = barriers.generation();
    Position horizon = invalidator.earliestOpenLoad(newest);
    boolean couldRetire =
        !barriers.isEmpty() && (retired == null || retired.compareTo(horizon) < 0);
    if (generation == sweptGeneration && !couldRetire) {
      return;
    }
    walk();
    receipts.swept(cache, newest);
    barriers.retire(horizon);
    retired = horizon;
    sweptGeneration = generation;
    long ended = clocks.nanoTime();
    restUntilNanos = ended + REST * (ended - began);
  }

  private void walk() {
    table.forEach(resident -> {
      if (!invalidator.isValid(resident) && residency.drop(resident, Departure.Cause.INVALIDATED)) {
        invalidator.noteErased(resident);
      }
    });
  }
}
