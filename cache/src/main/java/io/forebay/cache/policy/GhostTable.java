package io.forebay.cache.policy;

/// What is remembered of evicted keys: fingerprint (32 bits), time of last use, and class. A table
/// of buckets of eight; a newcomer to a full bucket replaces the one that was accessed longest ago.
///
/// Nine bytes for each place. With a million places, one look-up in 4,000 takes another key for its
/// own.
final class GhostTable {

  static final int BUCKET = 8;

  private static final int NONE = -1;

  /// Fingerprint, then time of last use: together, as a bucket is then one cache line. 0 where
  /// nothing is.
  private long[] entries;

  private byte[] classes;
  private int buckets;

  GhostTable(int places) {
    buckets = buckets(places);
    entries = new long[buckets * BUCKET];
    classes = new byte[buckets * BUCKET];
  }

  private static int buckets(int places) {
    return Math.max(1, (places + BUCKET - 1) / BUCKET);
  }

  int places() {
    return entries.length;
  }

  static int fingerprint(long keyHash) {
    int mixed = (int) (Hashing.mix(keyHash) >>> 32);
    return mixed == 0 ? 1 : mixed;
  }

  private int bucket(int fingerprint) {
    return (int) ((Integer.toUnsignedLong(fingerprint) * buckets) >>> 32) * BUCKET;
  }

  /// @return its place, or -1
  int find(int fingerprint) {
    int start = bucket(fingerprint);
    for (int place = start; place < start + BUCKET; place++) {
      if (fingerprintAt(place) == fingerprint) {
        return place;
      }
    }
    return NONE;
  }

  void add(int fingerprint, int lastUse, byte keyClass, int now) {
    int start = bucket(fingerprint);
    int chosen = start;
    int oldest = -1;
    for (int place = start; place < start + BUCKET; place++) {
      if (!isTaken(place) || fingerprintAt(place) == fingerprint) {
        chosen = place;
        break;
      }
      int age = (now - lastUse(place)) & Integer.MAX_VALUE;
      if (age > oldest) {
        oldest = age;
        chosen = place;
      }
    }
    entries[chosen] = (long) fingerprint << 32 | Integer.toUnsignedLong(lastUse);
    classes[chosen] = keyClass;
  }

  private int fingerprintAt(int place) {
    return (int) (entries[place] >>> 32);
  }

  boolean isTaken(int place) {
    return entries[place] != 0;
  }

  int lastUse(int place) {
    return (int) entries[place];
  }

  byte keyClass(int place) {
    return classes[place];
  }

  void remove(int place) {
    entries[place] = 0;
  }

  void resize(int places, int now) {
    long[] oldEntries = entries;
    byte[] oldClasses = classes;
    buckets = buckets(places);
    entries = new long[buckets * BUCKET];
    classes = new byte[buckets * BUCKET];
    for (int i = 0; i < oldEntries.length; i++) {
      if (oldEntries[i] != 0) {
        add((int) (oldEntries[i] >>> 32), (int) oldEntries[i], oldClasses[i], now);
      }
    }
  }
}
