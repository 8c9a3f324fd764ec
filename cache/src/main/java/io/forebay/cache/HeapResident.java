package io.forebay.cache;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A resident that is a link of [HashChains] itself, so that a hit allocates nothing.
///
/// Fields come in four kinds: final facts; plain marks that any thread may set at any time and
/// where a lost or late one does no harm (`accessedNanos`, `accessCount`, `checkedGeneration`); the
/// one-way flag `departed`; and `slot`, which belongs to [Residency]'s lock.
final class HeapResident<K extends Comparable<? super K>, V> extends Resident<K, V> {

  /// Reads closer than this (1 ms) are one read to the eviction policy.
  private static final long MOMENT_NANOS = 1_000_000;

  /// The next in a chain of [HashChains].
  volatile @Nullable HeapResident<K, V> evenLink;

  volatile @Nullable HeapResident<K, V> oddLink;

  private final K key;
  private final V value;
  private final @Nullable ReferenceCounted counted;
  private final List<String> tags;
  private final Map<String, String> metadata;

  private long accessedNanos;
  private int accessCount;
  private long checkedGeneration;

  private volatile boolean departed;

  private int slot = NO_SLOT;

  HeapResident(
      K key,
      int hash,
      Draft<V> draft,
      long version,
      Position loadBegan,
      long loadNanos,
      int weightBytes,
      long nanoTime,
      Clocks clocks) {
    super(
        hash,
        weightBytes,
        version,
        loadBegan,
        loadNanos,
        nanoTime,
        draft.lifetime().fresh().toNanos(),
        draft.lifetime().stale().toNanos(),
        clocks);
    this.key = key;
    this.value = draft.value();
    this.counted = draft.value() instanceof ReferenceCounted handle ? handle : null;
    this.tags = draft.tags();
    this.metadata = draft.metadata();
    this.accessedNanos = nanoTime;
  }

  @Override
  public K key() {
    return key;
  }

  @Override
  public V value() {
    return value;
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
  public void close() {
    if (counted != null) {
      counted.release();
    }
  }

  @SuppressWarnings("ReferenceEquality") // spares most hits the look at the key's content
  boolean isOf(Object otherKey, int otherHash) {
    return hash == otherHash && (key == otherKey || key.equals(otherKey));
  }

  @Override
  @SuppressWarnings("ReferenceEquality")
  boolean isSame(Resident<?, ?> other) {
    return this == other;
  }

  @Override
  boolean retain() {
    return counted == null || counted.tryRetain();
  }

  @Override
  void release() {
    close();
  }

  /// Also tells the policy of reads at the very same time, as a clock that stands still has it.
  @Override
  boolean accessed(long nanoTime) {
    accessCount++;
    long since = nanoTime - accessedNanos;
    if (since > 0 && since < MOMENT_NANOS) {
      return false;
    }
    accessedNanos = nanoTime;
    return true;
  }

  @Override
  long accessedNanos() {
    return accessedNanos;
  }

  @Override
  long accessCount() {
    return accessCount;
  }

  @Override
  boolean isCheckedAt(long generation) {
    return checkedGeneration == generation;
  }

  @Override
  void noteChecked(long generation) {
    checkedGeneration = generation;
  }

  @Override
  int slotSeen() {
    return slot;
  }

  @Override
  int slot() {
    return slot;
  }

  @Override
  void setSlot(int slot) {
    this.slot = slot;
  }

  @Override
  boolean hasDeparted() {
    return departed;
  }

  @Override
  void depart() {
    departed = true;
  }
}
