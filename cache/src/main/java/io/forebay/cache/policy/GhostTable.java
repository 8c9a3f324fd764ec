package io.forebay.cache.policy;

/// What is remembered of evicted keys: fingerprint (32 bits), time of last use, and class. A table
/// of buckets of eight; a newcomer to a full bucket replaces the one that was accessed longest ago.
///
/// Nine bytes for each place. With a million places, one look-up in 4,000 takes another key for its
/// own.
final class GhostTable {

  static final int BUCKET = 8;

  private static final int NONE = -1;

  /// 0 where nothing is.
  private int[] fingerprints;

  private int[] lastUses;
  private byte[] classes;
  private int buckets;

  GhostTable(int places) {
    allocate(places);
  }

  private void allocate(int places) {
    buckets = Math.max(1, (places + BUCKET - 1) / BUCKET);
    fingerprints = new int[buckets * BUCKET];
    lastUses = new int[buckets * BUCKET];
    classes = new byte[buckets * BUCKET];
  }

  int places() {
    return fingerprints.length;
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
      if (fingerprints[place] == fingerprint) {
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
      if (fingerprints[place] == 0 || fingerprints[place] == fingerprint) {
        chosen = place;
        break;
      }
      int age = now - lastUses[place];
      if (age > oldest) {
        oldest = age;
        chosen = place;
      }
    }
    fingerprints[chosen] = fingerprint;
    lastUses[chosen] = lastUse;
    classes[chosen] = keyClass;
  }

  boolean isTaken(int place) {
    return fingerprints[place] != 0;
  }

  int lastUse(int place) {
    return lastUses[place];
  }

  byte keyClass(int place) {
    return classes[place];
  }

  void remove(int place) {
    fingerprints[place] = 0;
  }

  void resize(int places, int now) {
    int[] oldFingerprints = fingerprints;
    int[] oldAccesses = lastUses;
    byte[] oldClasses = classes;
    allocate(places);
    for (int i = 0; i < oldFingerprints.length; i++) {
      if (oldFingerprints[i] != 0) {
        add(oldFingerprints[i], oldAccesses[i], oldClasses[i], now);
      }
    }
  }
}
