package io.forebay.cache;

import io.forebay.cache.policy.IntColumn;
import io.forebay.cache.policy.SlotPool;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Residents as bytes outside the heap: about half the memory of [HeapStorage], nothing for the
/// garbage collector to look at, and one copy of key and value for each read.
final class PackedStorage<K extends Comparable<? super K>, V> implements Storage<K, V> {

  /// What an entry costs besides its block: its place in the chains' buckets (4), in the list of
  /// holders (4), in the access marks (8), on the timer wheel (8) and in the eviction policy (16,
  /// `auto`; its ghosts come on top once it has evicted).
  static final int BOOKS_BYTES = 40;

  private final PackedRecords<K, V> records;
  private final AccessMarks marks;
  private final Weigher<? super K, ? super V> weigher;
  private final Clocks clocks;
  private final List<PackedChains<K, V>> parts = new ArrayList<>();
  private final PackedHolders holders = new PackedHolders();

  PackedStorage(
      Packing<K> keys, Packing<V> values, Weigher<? super K, ? super V> weigher, Clocks clocks) {
    long origin = clocks.nanoTime();
    this.records = new PackedRecords<>(keys, values, origin);
    this.marks = new AccessMarks(origin);
    this.weigher = weigher;
    this.clocks = clocks;
  }

  PackedRecords<K, V> records() {
    return records;
  }

  AccessMarks marks() {
    return marks;
  }

  Clocks clocks() {
    return clocks;
  }

  /// By [Table#stripeOf]'s rule.
  PackedChains<K, V> chainsOf(int hash) {
    return parts.get(hash & (parts.size() - 1));
  }

  /// An idle block that is taken for it may be larger by an eighth.
  @Override
  public long weigh(K key, Draft<V> draft) {
    long longest = records.longestBytes(key, draft);
    return longest + longest / 8 + 8 + BOOKS_BYTES + outsideWeight(key, draft);
  }

  private long outsideWeight(K key, Draft<V> draft) {
    return records.fits(draft.value()) ? 0 : weigher.weigh(key, draft.value());
  }

  @Override
  public Resident<K, V> resident(
      K key,
      int hash,
      Draft<V> draft,
      long version,
      long identity,
      Position loadBegan,
      long loadNanos,
      int weightBytes,
      long nanoTime) {
    var facts =
        new PackedRecords.Facts(
            hash,
            version,
            identity,
            loadBegan,
            loadNanos,
            nanoTime,
            Math.toIntExact(outsideWeight(key, draft)));
    int reference = records.write(key, draft, facts);
    PackedResident<K, V> resident = new PackedResident<>(reference, records.facts(reference), this);
    resident.describe(key, draft.tags(), draft.metadata());
    return resident;
  }

  @Override
  public Chains<K, V> newChains(Object lock) {
    PackedChains<K, V> part = new PackedChains<>(this, lock);
    parts.add(part);
    return part;
  }

  @Override
  public Holders<K, V> holders() {
    return holders;
  }

  @Override
  public boolean compact(int moves) {
    return records.memory().compact(moves, this::move);
  }

  private void move(int reference) {
    chainsOf(records.hash(reference)).move(reference, holders);
  }

  @Override
  public long reservedBytes() {
    return records.memory().reservedBytes();
  }

  @Override
  public void close() {
    records.memory().close();
  }

  /// References by slot.
  final class PackedHolders implements Holders<K, V> {

    private final SlotPool pool = new SlotPool();
    private final IntColumn references = new IntColumn(PackedMemory.NONE);

    @Override
    public int take(Resident<K, V> holder) {
      int slot = pool.take();
      references.cover(slot);
      marks.begin(slot, holder.createdNanos);
      pass(slot, holder);
      return slot;
    }

    @Override
    public void release(int slot) {
      set(slot, PackedMemory.NONE);
      pool.release(slot);
    }

    @Override
    public void pass(int slot, Resident<K, V> holder) {
      set(slot, ((PackedResident<K, V>) holder).reference()); // one storage makes both
      holder.setSlot(slot);
    }

    void set(int slot, int reference) {
      references.set(slot, reference);
    }

    @Override
    public @Nullable Resident<K, V> holder(int slot) {
      int reference = references.get(slot);
      return reference == PackedMemory.NONE
          ? null
          : new PackedResident<>(reference, records.facts(reference), PackedStorage.this);
    }
  }
}
