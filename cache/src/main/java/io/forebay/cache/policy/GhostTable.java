package io.forebay.cache.policy;

/// What is remembered of evicted keys: fingerprint (32 bits), time of last use, and class. A table
/// of buckets of eight; a newcomer to a full bucket replaces the one that was accessed longest ago.
///
/// Eight bytes for each place. With a million places, one look-up in 4,000 takes another key for
/// its own. A change of size costs a pass over all places (of the old and the new), some 20 ns
/// each.
final class GhostTable {

  static final int BUCKET = 8;

  /// With that many buckets, those of one bucket differ in the lowest 26 bits of the fingerprint.
  private static final int LEAST_BUCKETS = 64;

  private static final int NONE = -1;

  private static final int TAG_SHIFT = 38;
  private static final int TAG = (1 << 26) - 1;
  private static final int CLASS_SHIFT = 32;
  private static final int CLASS = 63;

  /// The lowest 26 bits of the fingerprint (the bucket tells the others), the class plus one (6
  /// bits), the time of last use (32). 0 where nothing is.
  private long[] entries;

  private int buckets;

  /// @param places rounded up to whole buckets; at least 512
  GhostTable(int places) {
    buckets = buckets(places);
    entries = new long[buckets * BUCKET];
  }

  private static int buckets(int places) {
    return Math.max(LEAST_BUCKETS, (places + BUCKET - 1) / BUCKET);
  }

  int places() {
    return entries.length;
  }

  static int fingerprint(long keyHash) {
    return (int) (Hashing.mix(keyHash) >>> 32);
  }

  private int start(int fingerprint) {
    return (int) ((Integer.toUnsignedLong(fingerprint) * buckets) >>> 32) * BUCKET;
  }

  /// @return its place, or -1
  int find(int fingerprint) {
    int start = start(fingerprint);
    int tag = fingerprint & TAG;
    for (int place = start; place < start + BUCKET; place++) {
      if (entries[place] >>> TAG_SHIFT == tag && isTaken(place)) {
        return place;
      }
    }
    return NONE;
  }

  void add(int fingerprint, int lastUse, byte keyClass, int now) {
    int start = start(fingerprint);
    int tag = fingerprint & TAG;
    int chosen = start;
    int oldest = -1;
    for (int place = start; place < start + BUCKET; place++) {
      if (!isTaken(place) || entries[place] >>> TAG_SHIFT == tag) {
        chosen = place;
        break;
      }
      int age = (now - lastUse(place)) & Integer.MAX_VALUE;
      if (age > oldest) {
        oldest = age;
        chosen = place;
      }
    }
    entries[chosen] =
        (long) tag << TAG_SHIFT | (keyClass + 1L) << CLASS_SHIFT | Integer.toUnsignedLong(lastUse);
  }

  boolean isTaken(int place) {
    return entries[place] != 0;
  }

  int lastUse(int place) {
    return (int) entries[place];
  }

  byte keyClass(int place) {
    return (byte) (((entries[place] >>> CLASS_SHIFT) & CLASS) - 1);
  }

  void remove(int place) {
    entries[place] = 0;
  }

  void resize(int places, int now) {
    long[] old = entries;
    int oldBuckets = buckets;
    buckets = buckets(places);
    entries = new long[buckets * BUCKET];
    for (int place = 0; place < old.length; place++) {
      if (old[place] != 0) {
        byte keyClass = (byte) (((old[place] >>> CLASS_SHIFT) & CLASS) - 1);
        add(fingerprint(old[place], place / BUCKET, oldBuckets), (int) old[place], keyClass, now);
      }
    }
  }

  /// The one with this entry's lowest bits that falls into this bucket.
  private static int fingerprint(long entry, int bucket, int buckets) {
    long least = (((long) bucket << 32) + buckets - 1) / buckets;
    long tag = entry >>> TAG_SHIFT;
    return (int) (least + ((tag - least) & TAG));
  }
}
