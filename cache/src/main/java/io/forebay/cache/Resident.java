package io.forebay.cache;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One stored value: what the table holds, and at the same time the [Entry] that readers get, so
/// that a hit allocates nothing. A new write of a key makes a new resident.
///
/// Fields come in four kinds: final facts; plain marks that any thread may set at any time and
/// where a lost or late one does no harm (`accessedNanos`, `accessCount`, `checkedGeneration`);
/// one-way flags (`softInvalidated`, `departed`); and what belongs to [Residency]'s lock.
final class Resident<K extends Comparable<? super K>, V> implements Entry<K, V> {

  static final int NO_SLOT = -1;

  /// Reads closer than this (1 ms) are one read to the eviction policy.
  private static final long MOMENT_NANOS = 1_000_000;

  /// The key's hash, spread: see [Table#spread].
  final int hash;

  /// The next in a chain of [HashChains].
  volatile @Nullable Resident<K, V> evenLink;

  volatile @Nullable Resident<K, V> oddLink;

  private final K key;
  private final V value;
  private final @Nullable ReferenceCounted counted;
  private final List<String> tags;
  private final Map<String, String> metadata;
  private final long version;
  private final Position loadBegan;
  private final long loadNanos;
  private final Clocks clocks;
  final int weightBytes;
  final long createdNanos;
  final long freshUntilNanos;
  final long staleUntilNanos;

  private long accessedNanos;
  private int accessCount;
  private long checkedGeneration;

  private volatile boolean softInvalidated;
  private volatile boolean departed;

  /// Its number in the books, [#NO_SLOT] if it is not in them. Written under [Residency]'s lock;
  /// readers may see it late.
  int slot = NO_SLOT;

  Resident(
      K key,
      int hash,
      Draft<V> draft,
      long version,
      Position loadBegan,
      long loadNanos,
      int weightBytes,
      long nanoTime,
      Clocks clocks) {
    this.key = key;
    this.hash = hash;
    this.value = draft.value();
    this.counted = draft.value() instanceof ReferenceCounted handle ? handle : null;
    this.tags = draft.tags();
    this.metadata = draft.metadata();
    this.version = version;
    this.loadBegan = loadBegan;
    this.loadNanos = loadNanos;
    this.weightBytes = weightBytes;
    this.clocks = clocks;
    this.createdNanos = nanoTime;
    this.freshUntilNanos = createdNanos + draft.lifetime().fresh().toNanos();
    this.staleUntilNanos = freshUntilNanos + draft.lifetime().stale().toNanos();
    this.accessedNanos = createdNanos;
  }

  // ---- what a reader sees

  @Override
  public K key() {
    return key;
  }

  @Override
  public V value() {
    return value;
  }

  @Override
  public long version() {
    return version;
  }

  @Override
  public List<String> tags() {
    return tags;
  }

  @Override
  public Map<String, String> metadata() {
    return metadata;
  }

  @Override
  public boolean isFresh(long nanoTime) {
    return freshUntilNanos - nanoTime > 0 && !softInvalidated;
  }

  @Override
  public boolean isSoftInvalidated() {
    return softInvalidated;
  }

  @Override
  public long residentNanos(long nanoTime) {
    return nanoTime - createdNanos;
  }

  @Override
  public long remainingFreshNanos(long nanoTime) {
    return freshUntilNanos - nanoTime;
  }

  @Override
  public Position loadBegan() {
    return loadBegan;
  }

  @Override
  public long loadNanos() {
    return loadNanos;
  }

  @Override
  public EntryFacts<K> facts() {
    return new EntryFacts<>(
        key,
        version,
        tags,
        metadata,
        wall(createdNanos),
        wall(freshUntilNanos),
        wall(staleUntilNanos),
        wall(accessedNanos),
        accessCount,
        weightBytes,
        loadBegan,
        isFresh(clocks.nanoTime()));
  }

  @Override
  public void close() {
    if (counted != null) {
      counted.release();
    }
  }

  private Instant wall(long nanoTime) {
    return clocks.wallAt(nanoTime);
  }

  // ---- what the cache does with it

  @SuppressWarnings("ReferenceEquality") // spares most hits the look at the key's content
  boolean isOf(Object otherKey, int otherHash) {
    return hash == otherHash && (key == otherKey || key.equals(otherKey));
  }

  /// Takes a reader's reference on the value; false if the cache's own is already gone.
  boolean retain() {
    return counted == null || counted.tryRetain();
  }

  /// Notes a read. Concurrent reads may lose each other's count.
  ///
  /// @return whether the last read was more than a moment ago, or at the very same time, as a clock
  ///   that stands still would have it
  boolean accessed(long nanoTime) {
    accessCount++;
    long since = nanoTime - accessedNanos;
    if (since > 0 && since < MOMENT_NANOS) {
      return false;
    }
    accessedNanos = nanoTime;
    return true;
  }

  long accessedNanos() {
    return accessedNanos;
  }

  /// Whether it was found valid when `generation` was the newest generation of barriers.
  boolean isCheckedAt(long generation) {
    return checkedGeneration == generation;
  }

  void noteChecked(long generation) {
    checkedGeneration = generation;
  }

  void invalidateSoftly() {
    softInvalidated = true;
  }

  /// Whether the books know it; under their lock.
  boolean isAccounted() {
    return slot != NO_SLOT;
  }

  /// Whether it has left the table.
  boolean hasDeparted() {
    return departed;
  }

  /// Called once, by whoever took it out of the table.
  void depart() {
    departed = true;
  }
}
