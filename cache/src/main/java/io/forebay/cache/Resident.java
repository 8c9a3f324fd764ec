package io.forebay.cache;

import java.time.Instant;

/// One stored value as the cache deals with it, and at the same time the [Entry] that readers get.
/// A new write of a key makes a new resident.
///
/// Its facts are final; how it is kept is its [Storage]'s matter. A [HeapResident] is itself what
/// the table holds. A [PackedResident] is a view on bytes outside the heap, of which there may be
/// several, which are the same ([#isSame]).
abstract class Resident<K extends Comparable<? super K>, V> implements Entry<K, V> {

  static final int NO_SLOT = -1;

  /// The key's hash, spread: see [Table#spread].
  final int hash;

  final int weightBytes;
  final long createdNanos;
  final long freshUntilNanos;
  final long staleUntilNanos;
  final Clocks clocks;
  private final long version;
  private final Position loadBegan;
  private final long loadNanos;

  private volatile boolean softInvalidated;

  Resident(
      int hash,
      int weightBytes,
      long version,
      Position loadBegan,
      long loadNanos,
      long createdNanos,
      long freshNanos,
      long staleNanos,
      Clocks clocks) {
    this.hash = hash;
    this.weightBytes = weightBytes;
    this.version = version;
    this.loadBegan = loadBegan;
    this.loadNanos = loadNanos;
    this.createdNanos = createdNanos;
    this.freshUntilNanos = createdNanos + freshNanos;
    this.staleUntilNanos = freshUntilNanos + staleNanos;
    this.clocks = clocks;
  }

  // ---- what a reader sees

  @Override
  public final long version() {
    return version;
  }

  @Override
  public final boolean isFresh(long nanoTime) {
    return freshUntilNanos - nanoTime > 0 && !softInvalidated;
  }

  @Override
  public final boolean isSoftInvalidated() {
    return softInvalidated;
  }

  @Override
  public final long residentNanos(long nanoTime) {
    return nanoTime - createdNanos;
  }

  @Override
  public final long remainingFreshNanos(long nanoTime) {
    return freshUntilNanos - nanoTime;
  }

  @Override
  public final Position loadBegan() {
    return loadBegan;
  }

  @Override
  public final long loadNanos() {
    return loadNanos;
  }

  @Override
  public final EntryFacts<K> facts() {
    return new EntryFacts<>(
        key(),
        version,
        tags(),
        metadata(),
        wall(createdNanos),
        wall(freshUntilNanos),
        wall(staleUntilNanos),
        wall(accessedNanos()),
        accessCount(),
        weightBytes,
        loadBegan,
        isFresh(clocks.nanoTime()));
  }

  private Instant wall(long nanoTime) {
    return clocks.wallAt(nanoTime);
  }

  // ---- what the cache does with it

  /// Whether both are one resident. A version does not say it: a tier may give one twice.
  abstract boolean isSame(Resident<?, ?> other);

  /// Takes a reader's reference on the value; false if the cache's own is already gone.
  abstract boolean retain();

  /// Gives back what the table held: once, by whoever took the resident out of the table, after the
  /// books have done with it.
  abstract void release();

  /// Notes a read. Concurrent reads may lose each other's count.
  ///
  /// @return whether the eviction policy should hear of it
  abstract boolean accessed(long nanoTime);

  abstract long accessedNanos();

  abstract long accessCount();

  /// Whether it was found valid when `generation` was the newest generation of barriers.
  abstract boolean isCheckedAt(long generation);

  abstract void noteChecked(long generation);

  void invalidateSoftly() {
    softInvalidated = true;
  }

  /// Its slot as a reader may see it: late.
  abstract int slotSeen();

  // Under the lock of the books:

  /// Its number in the books, [#NO_SLOT] if it is not in them.
  abstract int slot();

  abstract void setSlot(int slot);

  final boolean isAccounted() {
    return slot() != NO_SLOT;
  }

  /// Whether it has left the table.
  abstract boolean hasDeparted();

  /// Called once, by whoever took it out of the table.
  abstract void depart();
}
