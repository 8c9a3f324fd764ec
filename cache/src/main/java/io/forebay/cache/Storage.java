package io.forebay.cache;

import org.jspecify.annotations.Nullable;

/// How a cache keeps its residents: as objects ([HeapStorage]) or as bytes outside the heap
/// ([PackedStorage]).
sealed interface Storage<K extends Comparable<? super K>, V> permits HeapStorage, PackedStorage {

  /// What an entry will weigh at most, everything included.
  long weigh(K key, Draft<V> draft);

  /// A resident that is in no table yet.
  ///
  /// @param identity another for each; the version, unless a tier gave that
  Resident<K, V> resident(
      K key,
      int hash,
      Draft<V> draft,
      long version,
      long identity,
      Position loadBegan,
      long loadNanos,
      int weightBytes,
      long nanoTime);

  /// An empty part of the table.
  ///
  /// @param lock the writers' lock
  Chains<K, V> newChains(Object lock);

  /// The books' list of who holds which slot.
  Holders<K, V> holders();

  /// Moves residents closer together, if too much of the memory lies idle between them. Under the
  /// lock of the books.
  ///
  /// @param moves how many at most
  /// @return whether there is more to move
  boolean compact(int moves);

  /// Bytes taken from the system for entries, idle ones included; zero if they are on the heap.
  long reservedBytes();

  /// Under the lock of the books. The table is empty and gets nothing more. What a writer has yet
  /// to release may come later.
  void close();

  /// Who holds which slot: the small numbers that the eviction policy knows residents by. Under the
  /// lock of the books.
  interface Holders<K extends Comparable<? super K>, V> {

    /// Gives a slot to a resident, and tells it.
    int take(Resident<K, V> holder);

    void release(int slot);

    /// Gives a slot that is taken to another holder.
    void pass(int slot, Resident<K, V> holder);

    /// Without its value.
    @Nullable Resident<K, V> holder(int slot);
  }
}
