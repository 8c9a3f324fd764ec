package io.forebay.cache;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// Where an [InProcessInvalidationLog] keeps its records, if it does: the port to a disk.
///
/// Thread-safe, except that [#enqueue] is called in the order of positions.
public interface InvalidationJournal {

  /// What was found when the journal was opened.
  Recovered recovered();

  /// Takes a batch to be kept, in the order of positions, and returns at once. The records are in
  /// force.
  void enqueue(List<InvalidationRecord> batch);

  /// Waits until everything up to `position` is kept, or is known not to be.
  ///
  /// @return why not; empty if it is kept
  Optional<String> await(Position position);

  /// The newest position that is kept.
  Position durable();

  /// Says where to get, in exchange for old records, the barriers that are left of them. The
  /// journal calls it on a thread of its own.
  void compactWith(Supplier<Summary> summaries);

  /// @param last the newest position; the zeroth of a new epoch if nothing is known
  /// @param summary what was compacted
  /// @param since the records after it, in their order
  record Recovered(Position last, Summary summary, List<InvalidationRecord> since) {
    public Recovered {
      since = List.copyOf(since);
    }
  }

  /// What is left of all records up to a position.
  ///
  /// @param caches barriers by the name of their cache
  /// @param floorOfOthers the floor of any cache that is not named
  record Summary(
      Position upTo, Map<String, BarrierSnapshot> caches, Optional<Position> floorOfOthers) {
    public Summary {
      caches = Map.copyOf(caches);
    }
  }

  /// A journal that keeps nothing.
  ///
  /// @param epoch must grow from one start of the node to the next; wall-clock milliseconds do
  static InvalidationJournal inMemory(long epoch) {
    return new MemoryJournal(epoch);
  }
}
