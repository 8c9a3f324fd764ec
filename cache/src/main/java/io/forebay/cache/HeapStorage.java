package io.forebay.cache;

/// Residents as objects on the heap: a hit allocates nothing, and values may be anything.
final class HeapStorage<K extends Comparable<? super K>, V> implements Storage<K, V> {

  private final Weigher<? super K, ? super V> weigher;
  private final Clocks clocks;
  private final Slots<K, V> slots = new Slots<>();

  HeapStorage(Weigher<? super K, ? super V> weigher, Clocks clocks) {
    this.weigher = weigher;
    this.clocks = clocks;
  }

  @Override
  public long weigh(K key, Draft<V> draft) {
    return weigher.weigh(key, draft.value())
        + ObjectSizes.RESIDENT_BYTES
        + ObjectSizes.ofTags(draft.tags())
        + ObjectSizes.ofMetadata(draft.metadata());
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
    return new HeapResident<>(
        key, hash, draft, version, loadBegan, loadNanos, weightBytes, nanoTime, clocks);
  }

  @Override
  public Chains<K, V> newChains(Object lock) {
    return new HashChains<>();
  }

  @Override
  public Holders<K, V> holders() {
    return slots;
  }

  @Override
  public boolean compact(int moves) {
    return false;
  }

  @Override
  public long reservedBytes() {
    return 0;
  }

  @Override
  public void close() {}
}
