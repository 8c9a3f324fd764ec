package io.forebay.cache;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
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
/// Where values lie in a tier too, it waits besides until those of before `p` have expired there
/// ([RetirementAge]).
///
/// A client's write needs no such care: one that overlaps the invalidation may count as later.
///
/// One thread at a time.
final class InvalidationSweep<K extends Comparable<? super K>, V> {

  /// It works for so long (1 ms), then rests nine times as long: where cores are few, readers lose
  /// a tenth of theirs to it at most.
  private static final long SPELL_NANOS = 1_000_000;

  private static final int REST = 9;
  private static final int JUDGED_BETWEEN_LOOKS = 64;

  /// Writers wait for the books of so many at most.
  private static final int DROPPED_TOGETHER = 64;

  private final String cache;
  private final Table<K, V> table;
  private final Invalidator<K, V> invalidator;
  private final Barriers barriers;
  private final Residency<K, V> residency;
  private final Receipts receipts;
  private final Clocks clocks;

  private final RetirementAge retirementAge;

  private long sweptGeneration;
  private @Nullable Position retired;
  private int judged;
  private long spellBeganNanos;

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
    this.retirementAge = new RetirementAge(settings.copiesLiveNanos);
    this.sweptGeneration = barriers.generation();
  }

  /// Sweeps the whole table if that would drop or retire anything.
  void runIfDue() {
    Position newest = barriers.newest();
    if (newest == null) {
      return;
    }
    long generation = barriers.generation();
    Position ripe = retirementAge.ripe(newest, clocks.nanoTime());
    Position horizon = ripe == null ? null : invalidator.earliestOpenLoad(ripe);
    boolean couldRetire =
        horizon != null
            && !barriers.isEmpty()
            && (retired == null || retired.compareTo(horizon) < 0);
    if (generation == sweptGeneration && !couldRetire) {
      return;
    }
    walk();
    receipts.swept(cache, newest);
    if (horizon != null) {
      barriers.retire(horizon);
      retired = horizon;
    }
    sweptGeneration = generation;
  }

  private void walk() {
    spellBeganNanos = clocks.nanoTime();
    List<Resident<K, V>> dead = new ArrayList<>(DROPPED_TOGETHER);
    table.forEach(resident -> {
      if (!invalidator.isValid(resident)) {
        dead.add(resident);
        if (dead.size() == DROPPED_TOGETHER) {
          drop(dead);
        }
      }
      pause();
    });
    drop(dead);
  }

  private void drop(List<Resident<K, V>> dead) {
    residency.dropAll(dead, Departure.Cause.INVALIDATED).forEach(invalidator::noteErased);
    dead.clear();
  }

  /// No lock is held here.
  private void pause() {
    if (++judged % JUDGED_BETWEEN_LOOKS == 0
        && clocks.nanoTime() - spellBeganNanos >= SPELL_NANOS) {
      LockSupport.parkNanos(this, REST * SPELL_NANOS);
      spellBeganNanos = clocks.nanoTime();
    }
  }
}
