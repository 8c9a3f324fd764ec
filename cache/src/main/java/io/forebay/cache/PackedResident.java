package io.forebay.cache;

import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/// A view on a resident in [PackedRecords], made for whoever looks at it: a reader's has a copy of
/// everything; those of the table and the books have only the facts, and read more while the record
/// is surely there.
///
/// Compaction may move the record. It leaves those alone that are not in the table, or not yet in
/// the books: these are known by reference, all others by identity. A version would not do: one
/// that a tier gave may come again while its former resident still waits for the books.
final class PackedResident<K extends Comparable<? super K>, V> extends Resident<K, V> {

  private final PackedStorage<K, V> storage;
  private final long identity;
  private final int slotSeen;
  private int reference;
  private @Nullable K key;
  private @Nullable V value;
  private List<String> tags = List.of();
  private Map<String, String> metadata = Map.of();

  PackedResident(int reference, PackedRecords.View view, PackedStorage<K, V> storage) {
    super(
        view.hash(),
        view.weightBytes() + PackedStorage.BOOKS_BYTES,
        view.version(),
        view.loadBegan(),
        view.loadNanos(),
        view.createdNanos(),
        view.freshNanos(),
        view.staleNanos(),
        storage.clocks());
    this.reference = reference;
    this.identity = view.identity();
    this.slotSeen = view.slot();
    this.storage = storage;
    if (view.softInvalidated()) {
      super.invalidateSoftly();
    }
  }

  void describe(K key, List<String> tags, Map<String, String> metadata) {
    this.key = key;
    this.tags = tags;
    this.metadata = metadata;
  }

  void fill(@Nullable V value) {
    this.value = value;
  }

  // ---- what a reader sees

  /// Those of the books read it from the record, while it is there.
  @Override
  public K key() {
    K known = key;
    if (known == null) {
      known = storage.records().key(storage.records().facts(reference));
      key = known;
    }
    return known;
  }

  @Override
  public V value() {
    V known = value;
    if (known == null) {
      throw new NoSuchElementException("this view was made without the value");
    }
    return known;
  }

  @Override
  public List<String> tags() {
    return tags;
  }

  @Override
  public Map<String, String> metadata() {
    return metadata;
  }

  /// A copy needs no giving back.
  @Override
  public void close() {}

  // ---- what the cache does with it

  int reference() {
    return reference;
  }

  long identity() {
    return identity;
  }

  @Override
  boolean isSame(Resident<?, ?> other) {
    return other instanceof PackedResident<?, ?> view && view.identity == identity;
  }

  /// The record was found there, and will not be moved any more.
  void foundAt(int place) {
    reference = place;
  }

  @Override
  boolean retain() {
    return true;
  }

  @Override
  void release() {
    storage.records().free(reference);
  }

  @Override
  boolean accessed(long nanoTime) {
    storage.marks().note(slotSeen, nanoTime);
    return true;
  }

  @Override
  long accessedNanos() {
    return slotSeen == NO_SLOT
        ? createdNanos
        : storage.marks().accessedNanos(slotSeen, clocks.nanoTime());
  }

  @Override
  long accessCount() {
    return slotSeen == NO_SLOT ? 0 : storage.marks().accessCount(slotSeen);
  }

  /// There is no place for that: a view judges for itself.
  @Override
  boolean isCheckedAt(long generation) {
    return false;
  }

  @Override
  void noteChecked(long generation) {}

  @Override
  void invalidateSoftly() {
    if (!isSoftInvalidated()) {
      super.invalidateSoftly();
      storage.chainsOf(hash).markSoftInvalidated(this);
    }
  }

  /// The record was found marked; this view is of before.
  void noteSoftInvalidated() {
    super.invalidateSoftly();
  }

  @Override
  int slotSeen() {
    return slotSeen;
  }

  @Override
  int slot() {
    return storage.records().slot(reference);
  }

  @Override
  void setSlot(int slot) {
    storage.records().setSlot(reference, slot);
  }

  @Override
  boolean hasDeparted() {
    return !storage.chainsOf(hash).contains(this);
  }

  /// Being in no chain says it.
  @Override
  void depart() {}
}
