package io.forebay.cache;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/// Carries pairs of numbers from many threads to one, in order, without waiting: a ring that
/// refuses what comes when it is full.
final class SampleBuffer {

  private static final long EMPTY = 0;

  private final int mask;

  /// First and second of each pair, side by side. The first is written last, and tells that the
  /// pair is there.
  private final AtomicLongArray words;

  /// Places given out.
  private final AtomicLong tail = new AtomicLong();

  /// Places emptied.
  private final AtomicLong head = new AtomicLong();

  /// What [#drain] hands pairs to.
  @FunctionalInterface
  interface PairConsumer {
    void accept(long first, long second);
  }

  /// @param capacity pairs; a power of two
  SampleBuffer(int capacity) {
    if (Integer.bitCount(capacity) != 1) {
      throw new IllegalArgumentException("capacity must be a power of two, was " + capacity);
    }
    this.mask = capacity - 1;
    this.words = new AtomicLongArray(2 * capacity);
  }

  /// Lock-free.
  ///
  /// @param first not 0
  /// @return false if there is no place
  boolean offer(long first, long second) {
    long place = tail.get();
    while (true) {
      if (place - head.get() > mask) {
        return false;
      }
      long seen = tail.compareAndExchange(place, place + 1);
      if (seen == place) {
        break;
      }
      place = seen;
    }
    int at = 2 * ((int) place & mask);
    words.setPlain(at + 1, second);
    words.setRelease(at, first);
    return true;
  }

  /// Hands over at most a ring's worth of pairs, oldest first. One thread at a time.
  void drain(PairConsumer consumer) {
    long place = head.getPlain();
    long end = place + mask + 1;
    for (; place < end; place++) {
      int at = 2 * ((int) place & mask);
      long first = words.getAcquire(at);
      if (first == EMPTY) {
        return;
      }
      long second = words.getPlain(at + 1);
      words.setPlain(at, EMPTY);
      head.setRelease(place + 1); // lets the place be taken again, so after the clearing
      consumer.accept(first, second);
    }
  }
}
