package io.forebay.cache;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A hash table whose readers take no lock and never wait, for one writer at a time. The residents
/// are the links of its chains themselves, so a hit touches one bucket and, mostly, one object.
///
/// **Growing.** A resident has two links. A table uses one of them, the next larger table the
/// other, so that readers of the old table walk undisturbed while the new one is linked. Then the
/// new one is published and the old links are cleared, since they would keep removed residents
/// alive. A reader that found nothing looks again if there is a new table by then:
///
/// ```
/// reader                           writer
/// takes the old table
///                                  links the new table, publishes it, clears the old links
/// comes to a cleared link: nothing
/// sees that the table is a new one, looks there
/// ```
///
/// Writers hold the monitor of the [Stripe] that this belongs to.
final class HashChains<K extends Comparable<? super K>, V> implements Chains<K, V> {

  private static final VarHandle BUCKET = MethodHandles.arrayElementVarHandle(HeapResident[].class);
  private static final int INITIAL_BUCKETS = 8;
  private static final int LARGEST = 1 << 30;

  private volatile Buckets<K, V> table = new Buckets<>(INITIAL_BUCKETS, false);
  private volatile int size;

  /// The heads of the chains, and which of a resident's links these chains use.
  private static final class Buckets<K extends Comparable<? super K>, V> {
    final @Nullable HeapResident<K, V>[] heads;
    final boolean odd;

    @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type
    Buckets(int count, boolean odd) {
      this.heads = new HeapResident[count];
      this.odd = odd;
    }

    int index(int hash) {
      return (hash >>> Stripe.BITS) & (heads.length - 1);
    }

    @SuppressWarnings("unchecked") // only residents of this cache are put in
    @Nullable HeapResident<K, V> head(int index) {
      return (HeapResident<K, V>) BUCKET.getAcquire(heads, index);
    }

    void setHead(int index, @Nullable HeapResident<K, V> head) {
      BUCKET.setRelease(heads, index, head);
    }

    @Nullable HeapResident<K, V> next(HeapResident<K, V> resident) {
      return odd ? resident.oddLink : resident.evenLink;
    }

    void setNext(HeapResident<K, V> resident, @Nullable HeapResident<K, V> next) {
      if (odd) {
        resident.oddLink = next;
      } else {
        resident.evenLink = next;
      }
    }
  }

  // ---- readers

  @Override
  public @Nullable HeapResident<K, V> get(K key, int hash) {
    Buckets<K, V> present = table;
    while (true) {
      HeapResident<K, V> found = find(present, key, hash);
      if (found != null) {
        return found;
      }
      Buckets<K, V> now = table;
      if (now == present) {
        return null;
      }
      present = now;
    }
  }

  @Override
  public boolean isPresent(Resident<K, V> resident) {
    Resident<K, V> found = get(resident.key(), resident.hash);
    return found != null && found.isSame(resident);
  }

  @Override
  public int size() {
    return size;
  }

  private static <K extends Comparable<? super K>, V> @Nullable HeapResident<K, V> find(
      Buckets<K, V> table, Object key, int hash) {
    HeapResident<K, V> resident = table.head(table.index(hash));
    while (resident != null && !resident.isOf(key, hash)) {
      resident = table.next(resident);
    }
    return resident;
  }

  // ---- the writer

  @Override
  public @Nullable HeapResident<K, V> find(K key, int hash) {
    return find(table, key, hash);
  }

  @Override
  public @Nullable HeapResident<K, V> put(Resident<K, V> resident) {
    HeapResident<K, V> arriving = own(resident);
    Buckets<K, V> present = table;
    HeapResident<K, V> replaced = find(present, arriving.key(), arriving.hash);
    if (replaced != null) {
      present.setNext(arriving, present.next(replaced));
      relink(present, replaced, arriving);
      return replaced;
    }
    int index = present.index(arriving.hash);
    present.setNext(arriving, present.head(index));
    present.setHead(index, arriving);
    setSize(size + 1);
    return null;
  }

  @Override
  public boolean remove(Resident<K, V> resident) {
    HeapResident<K, V> departing = own(resident);
    Buckets<K, V> present = table;
    if (find(present, departing.key(), departing.hash) != departing) {
      return false;
    }
    relink(present, departing, present.next(departing));
    setSize(size - 1);
    return true;
  }

  /// Lets whatever pointed to `resident` point to `next`. The link of `resident` itself stays for
  /// readers that are just there; it is cleared by nobody, but nothing reaches `resident` any more.
  private static <K extends Comparable<? super K>, V> void relink(
      Buckets<K, V> table, HeapResident<K, V> resident, @Nullable HeapResident<K, V> next) {
    int index = table.index(resident.hash);
    HeapResident<K, V> before = null;
    HeapResident<K, V> at = table.head(index);
    while (at != resident && at != null) {
      before = at;
      at = table.next(at);
    }
    if (before == null) {
      table.setHead(index, next);
    } else {
      table.setNext(before, next);
    }
  }

  private void setSize(int changed) {
    size = changed;
    Buckets<K, V> present = table;
    if (changed > present.heads.length / 4 * 3 && present.heads.length < LARGEST) {
      grow(present);
    }
  }

  private void grow(Buckets<K, V> old) {
    Buckets<K, V> larger = new Buckets<>(old.heads.length * 2, !old.odd);
    for (int i = 0; i < old.heads.length; i++) {
      for (HeapResident<K, V> r = old.head(i); r != null; r = old.next(r)) {
        int index = larger.index(r.hash);
        larger.setNext(r, larger.head(index));
        larger.setHead(index, r);
      }
    }
    table = larger;
    for (int i = 0; i < old.heads.length; i++) {
      HeapResident<K, V> r = old.head(i);
      while (r != null) {
        HeapResident<K, V> next = old.next(r);
        old.setNext(r, null);
        r = next;
      }
    }
  }

  @Override
  public void forEach(Consumer<Resident<K, V>> action) {
    Buckets<K, V> present = table;
    for (int i = 0; i < present.heads.length; i++) {
      for (HeapResident<K, V> r = present.head(i); r != null; r = present.next(r)) {
        action.accept(r);
      }
    }
  }

  private static <K extends Comparable<? super K>, V> HeapResident<K, V> own(
      Resident<K, V> resident) {
    return (HeapResident<K, V>) resident; // one storage makes residents and chains
  }
}
