package io.forebay.cache;

import java.util.List;
import org.jetbrains.lincheck.Lincheck;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Two threads that offer more pairs than there is room for, and one that drains, in every order of
/// steps that Lincheck has time for: each pair that was taken is handed over once, whole, and in
/// its thread's order.
class SampleBufferLincheckTest {

  private static final int CAPACITY = 2;
  private static final int OFFERS = 2;
  private static final int HUNDRED = 100;

  @Test
  void whatWasTakenIsHandedOverOnceWholeAndInOrder() {
    Lincheck.runConcurrentTest(400, SampleBufferLincheckTest::offerAndDrain);
  }

  @Tag("long")
  @Test
  void whatWasTakenIsHandedOverOnceWholeAndInOrderForLong() {
    Lincheck.runConcurrentTest(10_000, SampleBufferLincheckTest::offerAndDrain);
  }

  private static void offerAndDrain() {
    SampleBuffer buffer = new SampleBuffer(CAPACITY);
    boolean[][] taken = new boolean[2][OFFERS];
    int[] handed = new int[2]; // by thread: how many
    int[] last = {-1, -1}; // by thread: which
    List<Thread> threads =
        List.of(
            new Thread(() -> offer(buffer, 0, taken[0])),
            new Thread(() -> offer(buffer, 1, taken[1])));
    threads.forEach(Thread::start);
    for (int i = 0; i < 2; i++) {
      buffer.drain((first, second) -> note(first, second, handed, last));
    }
    LincheckThreads.join(threads);
    buffer.drain((first, second) -> note(first, second, handed, last));
    for (int thread = 0; thread < 2; thread++) {
      int expected = 0;
      for (boolean one : taken[thread]) {
        expected += one ? 1 : 0;
      }
      check(handed[thread] == expected, "taken " + expected + ", handed " + handed[thread]);
    }
    for (int i = 0; i < CAPACITY; i++) {
      check(buffer.offer(1, 1), "no place in an empty buffer");
    }
  }

  private static void offer(SampleBuffer buffer, int thread, boolean[] taken) {
    for (int i = 0; i < OFFERS; i++) {
      long pair = 1L + (long) thread * HUNDRED + i;
      taken[i] = buffer.offer(pair, pair);
    }
  }

  private static void note(long first, long second, int[] handed, int[] last) {
    check(first == second, "half of " + first + " with half of " + second);
    int thread = (int) (first - 1) / HUNDRED;
    int offer = (int) (first - 1) % HUNDRED;
    check(offer > last[thread], "out of order");
    last[thread] = offer;
    handed[thread]++;
  }

  private static void check(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }
}
