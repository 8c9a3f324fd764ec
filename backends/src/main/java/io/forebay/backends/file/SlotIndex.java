package io.forebay.backends.file;

import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongPredicate;

/// Where each slot's newest record lies. Open addressing in stripes, 24 bytes a slot and at most
/// three quarters full; so a million entries take 32 to 64 MB.
///
/// One thread changes it, any may look.
final class SlotIndex {

  /// What is known of a slot.
  ///
  /// @param place [Place], or [#REMOVED]
  record Entry(long place, long version) {
    boolean isRemoval() {
      return place == REMOVED;
    }
  }

  /// In place of a place: the slot was changed at this version, and nothing is there.
  static final long REMOVED = -1;

  private static final int STRIPES = 64;
  private static final int WORDS = 3;
  private static final int FIRST_CAPACITY = 32;

  private final Stripe[] stripes = new Stripe[STRIPES];
  private final int mostInStripe;

  SlotIndex(int maxEntries) {
    mostInStripe = Math.max(16, Math.ceilDiv(maxEntries, STRIPES));
    for (int i = 0; i < STRIPES; i++) {
      stripes[i] = new Stripe();
    }
  }

  private Stripe stripe(long hash) {
    return stripes[(int) (hash >>> 58)];
  }

  Optional<Entry> find(long hash) {
    return stripe(hash).find(hash);
  }

  /// Notes a slot.
  ///
  /// @return false if there is no room: [#purge] and try again
  boolean put(long hash, long place, long version) {
    return stripe(hash).put(hash, place, version);
  }

  void remove(long hash) {
    stripe(hash).remove(hash);
  }

  /// What decides whether an entry may go.
  interface Needless {
    boolean test(long place, long version);
  }

  /// Forgets what nobody needs.
  void purge(Needless needless) {
    for (Stripe stripe : stripes) {
      stripe.purge(needless);
    }
  }

  int size() {
    int sum = 0;
    for (Stripe stripe : stripes) {
      sum += stripe.size();
    }
    return sum;
  }

  /// Walks over all entries of values, stripe by stripe; for tests and figures.
  long count(LongPredicate ofPlaces) {
    long sum = 0;
    for (Stripe stripe : stripes) {
      sum += stripe.count(ofPlaces);
    }
    return sum;
  }

  /// A hash table with linear probing: hash (zero if free), place, version.
  private final class Stripe {
    private final ReentrantLock lock = new ReentrantLock();
    private long[] table = new long[FIRST_CAPACITY * WORDS];
    private int used;

    private int slot(long hash, int capacity) {
      return (int) (hash & (capacity - 1)) * WORDS;
    }

    /// Where the hash is, or the free slot where it would be.
    private int locate(long hash) {
      int at = slot(hash, table.length / WORDS);
      while (table[at] != 0 && table[at] != hash) {
        at = next(at);
      }
      return at;
    }

    private int next(int at) {
      return at + WORDS == table.length ? 0 : at + WORDS;
    }

    Optional<Entry> find(long hash) {
      lock.lock();
      try {
        int at = locate(hash);
        return table[at] == 0
            ? Optional.empty()
            : Optional.of(new Entry(table[at + 1], table[at + 2]));
      } finally {
        lock.unlock();
      }
    }

    boolean put(long hash, long place, long version) {
      lock.lock();
      try {
        int at = locate(hash);
        if (table[at] == 0) {
          if (used >= mostInStripe) {
            return false;
          }
          if ((used + 1) * 4 > table.length / WORDS * 3) {
            rebuild(table.length * 2, (_, _) -> false);
            at = locate(hash);
          }
          used++;
        }
        table[at] = hash;
        table[at + 1] = place;
        table[at + 2] = version;
        return true;
      } finally {
        lock.unlock();
      }
    }

    void remove(long hash) {
      lock.lock();
      try {
        int hole = locate(hash);
        if (table[hole] == 0) {
          return;
        }
        used--;
        // Whatever was pushed behind the hole by what was there moves up.
        for (int at = next(hole); table[at] != 0; at = next(at)) {
          int home = slot(table[at], table.length / WORDS);
          boolean reaches = hole <= at ? home <= hole || home > at : home <= hole && home > at;
          if (reaches) {
            System.arraycopy(table, at, table, hole, WORDS);
            hole = at;
          }
        }
        table[hole] = 0;
      } finally {
        lock.unlock();
      }
    }

    void purge(Needless needless) {
      lock.lock();
      try {
        rebuild(table.length, needless);
      } finally {
        lock.unlock();
      }
    }

    private void rebuild(int length, Needless needless) {
      long[] old = table;
      table = new long[length];
      used = 0;
      for (int from = 0; from < old.length; from += WORDS) {
        if (old[from] != 0 && !needless.test(old[from + 1], old[from + 2])) {
          System.arraycopy(old, from, table, locate(old[from]), WORDS);
          used++;
        }
      }
    }

    int size() {
      lock.lock();
      try {
        return used;
      } finally {
        lock.unlock();
      }
    }

    long count(LongPredicate ofPlaces) {
      lock.lock();
      try {
        long sum = 0;
        for (int at = 0; at < table.length; at += WORDS) {
          sum += table[at] != 0 && ofPlaces.test(table[at + 1]) ? 1 : 0;
        }
        return sum;
      } finally {
        lock.unlock();
      }
    }
  }
}
