package io.forebay.cache.policy;

/// How often keys were seen lately, roughly: a count-min sketch of 4-bit counters. Each key has
/// four counters, all in one 64-byte block so that a look-up touches one cache line; its estimate
/// is the least of them, 0 to 15. After ten events for each entry all counters are halved.
///
/// 8 to 16 bytes for each entry of the capacity.
///
/// Cormode and Muthukrishnan, 2005; Einziger, Friedman, Manes, "TinyLFU", ACM ToS 2017.
final class FrequencySketch {

  private static final int MAX = 15;
  private static final long ONES = 0x1111111111111111L;
  private static final long LOW_BITS = 0x7777777777777777L;
  private static final int EVENTS_PER_ENTRY = 10;

  /// Blocks of eight words of sixteen counters.
  private long[] words = new long[8];

  private long eventsBeforeHalving = EVENTS_PER_ENTRY * 8L;
  private long events;

  /// Makes room for so many entries; starts counting anew when that takes a larger table.
  void ensureCapacity(long entries) {
    if (EVENTS_PER_ENTRY * entries <= eventsBeforeHalving) {
      return;
    }
    eventsBeforeHalving = EVENTS_PER_ENTRY * entries;
    int length = (int) Math.min(1 << 28, Long.highestOneBit(entries * 2 - 1));
    if (length > words.length) {
      words = new long[length];
      events = 0;
    }
  }

  int capacity() {
    return words.length;
  }

  int estimate(long keyHash) {
    long hash = Hashing.mix(keyHash);
    int block = block(hash);
    int least = MAX;
    for (int i = 0; i < 4; i++) {
      int shift = shift(hash, i);
      least = Math.min(least, (int) (words[block + word(hash, i)] >>> shift) & MAX);
    }
    return least;
  }

  void increment(long keyHash) {
    long hash = Hashing.mix(keyHash);
    int block = block(hash);
    boolean added = false;
    for (int i = 0; i < 4; i++) {
      int at = block + word(hash, i);
      int shift = shift(hash, i);
      if (((words[at] >>> shift) & MAX) != MAX) {
        words[at] += 1L << shift;
        added = true;
      }
    }
    if (added && ++events >= eventsBeforeHalving) {
      halve();
    }
  }

  private void halve() {
    long odd = 0;
    for (int i = 0; i < words.length; i++) {
      odd += Long.bitCount(words[i] & ONES);
      words[i] = (words[i] >>> 1) & LOW_BITS;
    }
    events = (events - odd / 4) / 2;
  }

  /// The first word of the key's block.
  private int block(long hash) {
    return (int) hash & (words.length - 1) & ~7;
  }

  /// The i-th counter lies in one of two words of its own.
  private static int word(long hash, int i) {
    return 2 * i + (int) ((hash >>> (32 + 8 * i)) & 1);
  }

  private static int shift(long hash, int i) {
    return (int) ((hash >>> (33 + 8 * i)) & 15) << 2;
  }
}
