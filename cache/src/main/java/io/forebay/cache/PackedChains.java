package io.forebay.cache;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/// Chains of [PackedRecords], linked by references.
///
/// **Reading.** A reader copies what it finds, without a lock, and then looks whether a writer was
/// here meanwhile: then what it read may have been another's block already, and it reads again (a
/// sequence lock, as in Linux). After a few vain attempts it takes the lock.
///
/// ```
/// reader                          writers
/// sequence is 6
/// finds A, copies half of it
///                                 sequence 7; takes A out; sequence 8
///                                 frees A's block, which becomes B's
/// copies the other half, of B
/// sequence is 8: reads again
/// ```
///
/// The block is given to somebody else only after the sequence has moved on, so a reader that sees
/// anything of B also sees that.
///
/// **Growing** is by linear hashing (Litwin, VLDB 1980): one more bucket, and one chain divided, at
/// a time. So no write takes long, and there is no table of twice the size.
final class PackedChains<K extends Comparable<? super K>, V> implements Chains<K, V> {

  private static final VarHandle SEQUENCE;

  static {
    try {
      SEQUENCE = MethodHandles.lookup().findVarHandle(PackedChains.class, "sequence", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static final int ATTEMPTS = 8;
  private static final int STEPS_BETWEEN_LOOKS = 64;
  private static final int CHUNK_BITS = 10;
  private static final int CHUNK = 1 << CHUNK_BITS;
  private static final int FIRST_BUCKETS = 8;

  private final PackedStorage<K, V> storage;
  private final PackedRecords<K, V> records;
  private final Object lock;

  /// Odd while a writer is at work.
  @SuppressWarnings("UnusedVariable") // through SEQUENCE
  private long sequence;

  private int[][] chunks = {new int[FIRST_BUCKETS]};
  private int buckets = FIRST_BUCKETS;
  private volatile int size;

  PackedChains(PackedStorage<K, V> storage, Object lock) {
    this.storage = storage;
    this.records = storage.records();
    this.lock = lock;
  }

  // ---- readers

  @Override
  public @Nullable Resident<K, V> get(K key, int hash) {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      long before = (long) SEQUENCE.getAcquire(this);
      if ((before & 1) == 0) {
        Resident<K, V> found = null;
        RuntimeException failure = null;
        try {
          found = read(key, hash, before);
        } catch (RuntimeException e) { // the block may have changed under us
          failure = e;
        }
        VarHandle.acquireFence();
        if ((long) SEQUENCE.getOpaque(this) == before) {
          if (failure != null) {
            throw failure;
          }
          return found;
        }
      }
      Thread.onSpinWait();
    }
    synchronized (lock) {
      return read(key, hash, (long) SEQUENCE.getOpaque(this));
    }
  }

  private @Nullable Resident<K, V> read(K key, int hash, long before) {
    int steps = 0;
    for (int at = bucket(index(hash)); at != PackedMemory.NONE; at = records.next(at)) {
      if (records.isOf(at, key, hash)) {
        PackedRecords.View view = records.facts(at);
        PackedResident<K, V> resident = new PackedResident<>(at, view, storage);
        resident.describe(key, records.tags(view), records.metadata(view));
        resident.fill(records.value(view));
        return resident;
      }
      // Links that change may lead in a circle.
      if (++steps % STEPS_BETWEEN_LOOKS == 0 && (long) SEQUENCE.getOpaque(this) != before) {
        return null;
      }
    }
    return null;
  }

  @Override
  public boolean isPresent(Resident<K, V> resident) {
    PackedResident<K, V> view = own(resident);
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      long before = (long) SEQUENCE.getAcquire(this);
      if ((before & 1) == 0) {
        Presence presence = Presence.ABSENT;
        RuntimeException failure = null;
        try {
          presence = presence(view, before);
        } catch (RuntimeException e) { // as in get
          failure = e;
        }
        VarHandle.acquireFence();
        if ((long) SEQUENCE.getOpaque(this) == before) {
          if (failure != null) {
            throw failure;
          }
          return isPresent(view, presence);
        }
      }
      Thread.onSpinWait();
    }
    synchronized (lock) {
      return isPresent(view, presence(view, (long) SEQUENCE.getOpaque(this)));
    }
  }

  private enum Presence {
    ABSENT,
    UNMARKED,
    SOFTLY_INVALIDATED
  }

  private boolean isPresent(PackedResident<K, V> view, Presence presence) {
    if (presence == Presence.SOFTLY_INVALIDATED) {
      view.noteSoftInvalidated();
    }
    return presence != Presence.ABSENT;
  }

  private Presence presence(PackedResident<K, V> view, long before) {
    int steps = 0;
    for (int at = bucket(index(view.hash)); at != PackedMemory.NONE; at = records.next(at)) {
      if (records.identity(at) == view.identity()) {
        return records.isSoftInvalidated(at) ? Presence.SOFTLY_INVALIDATED : Presence.UNMARKED;
      }
      if (++steps % STEPS_BETWEEN_LOOKS == 0 && (long) SEQUENCE.getOpaque(this) != before) {
        return Presence.ABSENT;
      }
    }
    return Presence.ABSENT;
  }

  @Override
  public int size() {
    return size;
  }

  // ---- writers

  @Override
  public @Nullable Resident<K, V> find(K key, int hash) {
    int found = search(hash, at -> records.isOf(at, key, hash));
    return found == PackedMemory.NONE ? null : described(found, key);
  }

  @Override
  public @Nullable Resident<K, V> put(Resident<K, V> resident) {
    PackedResident<K, V> arriving = own(resident);
    K key = arriving.key();
    int replaced = search(arriving.hash, at -> records.isOf(at, key, arriving.hash));
    PackedResident<K, V> departing =
        replaced == PackedMemory.NONE ? null : described(replaced, key);
    beginWrite();
    if (replaced != PackedMemory.NONE) {
      records.setNext(arriving.reference(), records.next(replaced));
      relink(arriving.hash, replaced, arriving.reference());
    } else {
      int index = index(arriving.hash);
      records.setNext(arriving.reference(), bucket(index));
      setBucket(index, arriving.reference());
      setSize(size + 1);
      if (size > buckets) {
        grow();
      }
    }
    endWrite();
    return departing;
  }

  @Override
  public boolean remove(Resident<K, V> departing) {
    int found = search(departing);
    if (found == PackedMemory.NONE) {
      return false;
    }
    own(departing).foundAt(found);
    beginWrite();
    relink(departing.hash, found, records.next(found));
    setSize(size - 1);
    endWrite();
    return true;
  }

  @Override
  public void forEach(Consumer<Resident<K, V>> action) {
    for (int index = 0; index < buckets; index++) {
      for (int at = bucket(index); at != PackedMemory.NONE; at = records.next(at)) {
        action.accept(described(at, null));
      }
    }
  }

  private PackedResident<K, V> described(int reference, @Nullable K knownKey) {
    PackedRecords.View view = records.facts(reference);
    PackedResident<K, V> resident = new PackedResident<>(reference, view, storage);
    resident.describe(
        knownKey != null ? knownKey : records.key(view),
        records.tags(view),
        records.metadata(view));
    return resident;
  }

  // ---- by identity; these take the lock themselves

  boolean contains(PackedResident<K, V> resident) {
    synchronized (lock) {
      return search(resident) != PackedMemory.NONE;
    }
  }

  void markSoftInvalidated(PackedResident<K, V> resident) {
    synchronized (lock) {
      int found = search(resident);
      if (found != PackedMemory.NONE) {
        beginWrite();
        records.markSoftInvalidated(found);
        endWrite();
      }
    }
  }

  /// Moves a record to another block, if it is here and in the books. Under the lock of the books.
  void move(int reference, PackedStorage<K, V>.PackedHolders holders) {
    synchronized (lock) {
      int hash = records.hash(reference);
      if (storage.chainsOf(hash) != this || search(hash, at -> at == reference) != reference) {
        return;
      }
      int slot = records.slot(reference);
      if (slot == Resident.NO_SLOT) {
        return;
      }
      int copy = records.copy(reference);
      beginWrite();
      relink(hash, reference, copy);
      endWrite();
      holders.set(slot, copy);
      records.memory().free(reference);
    }
  }

  private int search(Resident<K, V> resident) {
    long identity = own(resident).identity();
    return search(resident.hash, at -> records.identity(at) == identity);
  }

  private int search(int hash, IntPredicate wanted) {
    int at = bucket(index(hash));
    while (at != PackedMemory.NONE && !wanted.test(at)) {
      at = records.next(at);
    }
    return at;
  }

  // ---- the table

  private void beginWrite() {
    SEQUENCE.setOpaque(this, (long) SEQUENCE.getOpaque(this) + 1);
    VarHandle.storeStoreFence();
  }

  private void endWrite() {
    SEQUENCE.setRelease(this, (long) SEQUENCE.getOpaque(this) + 1);
  }

  /// Lets whatever pointed to `reference` point to `next`.
  private void relink(int hash, int reference, int next) {
    int index = index(hash);
    int before = PackedMemory.NONE;
    for (int at = bucket(index); at != reference; at = records.next(at)) {
      before = at;
    }
    if (before == PackedMemory.NONE) {
      setBucket(index, next);
    } else {
      records.setNext(before, next);
    }
  }

  private int index(int hash) {
    int spread = hash >>> Stripe.BITS;
    int round = Integer.highestOneBit(buckets);
    int index = spread & (2 * round - 1);
    return index < buckets ? index : index & (round - 1);
  }

  private int bucket(int index) {
    return chunks[index >>> CHUNK_BITS][index & (CHUNK - 1)];
  }

  private void setBucket(int index, int reference) {
    chunks[index >>> CHUNK_BITS][index & (CHUNK - 1)] = reference;
  }

  /// One bucket more: it takes over its share of the one whose numbers it continues.
  private void grow() {
    int added = buckets;
    cover(added);
    int divided = added - Integer.highestOneBit(added);
    buckets = added + 1;
    int at = bucket(divided);
    setBucket(divided, PackedMemory.NONE);
    while (at != PackedMemory.NONE) {
      int next = records.next(at);
      int index = index(records.hash(at));
      records.setNext(at, bucket(index));
      setBucket(index, at);
      at = next;
    }
  }

  private void setSize(int changed) {
    size = changed;
  }

  private void cover(int index) {
    int chunk = index >>> CHUNK_BITS;
    if (chunk == chunks.length) {
      chunks = Arrays.copyOf(chunks, chunk + 1);
      chunks[chunk] = new int[CHUNK];
    } else if ((index & (CHUNK - 1)) >= chunks[chunk].length) {
      chunks[chunk] = Arrays.copyOf(chunks[chunk], chunks[chunk].length * 2);
    }
  }

  private static <K extends Comparable<? super K>, V> PackedResident<K, V> own(
      Resident<K, V> resident) {
    return (PackedResident<K, V>) resident; // one storage makes residents and chains
  }
}
