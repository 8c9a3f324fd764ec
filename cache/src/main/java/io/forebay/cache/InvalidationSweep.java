package io.forebay.cache;

import java.util.function.Predicate;
import java.util.function.UnaryOperator;
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

  /// After a walk that took a while, the next waits this many times as long.
  private static final int REST = 9;

  private final Table<K, V> table;
  private final Predicate<Resident<K, V>> validity;
  private final Barriers barriers;
  private final Residency<K, V> residency;
  private final Counters counters;
  private final Clocks clocks;

  /// The earlier of a position and the beginnings of all open loads.
  private final UnaryOperator<Position> earliestOpenLoad;

  private long sweptGeneration;
  private @Nullable Position retired;
  private long restUntilNanos;

  /// @param validity judges a resident by the barriers; marks it if a soft one covers it
  InvalidationSweep(
      Table<K, V> table,
      Predicate<Resident<K, V>> validity,
      Barriers barriers,
      Residency<K, V> residency,
      Counters counters,
      Clocks clocks,
      UnaryOperator<Position> earliestOpenLoad) {
    this.table = table;
    this.validity = validity;
    this.barriers = barriers;
    this.residency = residency;
    this.counters = counters;
    this.clocks = clocks;
    this.earliestOpenLoad = earliestOpenLoad;
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
    Position horizon = earliestOpenLoad.apply(newest);
    boolean couldRetire =
        barriers.size() > 0 && (retired == null || retired.compareTo(horizon) < 0);
    if (generation == sweptGeneration && !couldRetire) {
      return;
    }
    walk();
    barriers.retire(horizon);
    retired = horizon;
    sweptGeneration = generation;
    long ended = clocks.nanoTime();
    restUntilNanos = ended + REST * (ended - began);
  }

  private void walk() {
    table.forEach(resident -> {
      if (!validity.test(resident) && residency.drop(resident, Departure.Cause.INVALIDATED)) {
        counters.sweptAfterInvalidation.increment();
      }
    });
  }
}
