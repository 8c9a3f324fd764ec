package io.forebay.cache.policy;

/// Which keys were evicted last, by a 32-bit fingerprint: at most `limit` of them, first in, first
/// out. A ring with room for twice as many, for the holes that keys leave when they are taken out,
/// and an index by linear probing, at most half full.
///
/// 16 to 24 bytes for each key of the limit. Two keys with one fingerprint are one to it: with a
/// million remembered, one newcomer in about 4,000 is mistaken. Constant time on average.
final class GhostQueue {

  private int limit;

  /// From `tail` on, `span` places are in use; 0 is a hole.
  private int[] ring;

  private int tail;
  private int span;
  private int size;

  /// Position in the ring plus one; 0 where nothing is.
  private int[] index;

  GhostQueue(int limit) {
    allocate(limit);
  }

  private void allocate(int newLimit) {
    limit = newLimit;
    ring = new int[Math.multiplyExact(2, newLimit)];
    index = new int[Integer.highestOneBit(Math.max(newLimit, 4)) * 4];
    tail = 0;
    span = 0;
    size = 0;
  }

  int limit() {
    return limit;
  }

  int size() {
    return size;
  }

  /// Never 0.
  static int fingerprint(long keyHash) {
    int mixed = (int) (Hashing.mix(keyHash) >>> 32);
    return mixed == 0 ? 1 : mixed;
  }

  /// Remembers an eviction; forgets the oldest when there are too many.
  void add(long keyHash) {
    int fingerprint = fingerprint(keyHash);
    take(fingerprint);
    if (size == limit) {
      forgetOldest();
    }
    if (span == ring.length) {
      refill(limit);
    }
    append(fingerprint);
  }

  private void append(int fingerprint) {
    int position = (tail + span) % ring.length;
    ring[position] = fingerprint;
    span++;
    size++;
    int at = home(fingerprint);
    while (index[at] != 0) {
      at = (at + 1) & (index.length - 1);
    }
    index[at] = position + 1;
  }

  private void forgetOldest() {
    while (ring[tail] == 0) {
      advance();
    }
    take(ring[tail]);
    advance();
  }

  private void advance() {
    tail = tail + 1 == ring.length ? 0 : tail + 1;
    span--;
  }

  /// Whether it was there; it no longer is.
  boolean remove(long keyHash) {
    return take(fingerprint(keyHash));
  }

  private boolean take(int fingerprint) {
    int at = home(fingerprint);
    while (index[at] != 0) {
      int position = index[at] - 1;
      if (ring[position] == fingerprint) {
        ring[position] = 0;
        size--;
        closeGap(at);
        return true;
      }
      at = (at + 1) & (index.length - 1);
    }
    return false;
  }

  /// Moves later members of the probe sequence up, so that no search stops short of them.
  private void closeGap(int gap) {
    int mask = index.length - 1;
    int hole = gap;
    for (int at = (gap + 1) & mask; index[at] != 0; at = (at + 1) & mask) {
      int home = home(ring[index[at] - 1]);
      if (((at - home) & mask) >= ((at - hole) & mask)) {
        index[hole] = index[at];
        hole = at;
      }
    }
    index[hole] = 0;
  }

  private int home(int fingerprint) {
    return fingerprint & (index.length - 1);
  }

  /// Keeps the latest that fit.
  void resize(int newLimit) {
    while (size > newLimit) {
      forgetOldest();
    }
    refill(newLimit);
  }

  private void refill(int newLimit) {
    int[] old = ring;
    int oldTail = tail;
    int oldSpan = span;
    allocate(newLimit);
    for (int i = 0; i < oldSpan; i++) {
      int fingerprint = old[(oldTail + i) % old.length];
      if (fingerprint != 0) {
        append(fingerprint);
      }
    }
  }
}
