package io.forebay.cache;

import java.util.List;
import org.jetbrains.lincheck.Lincheck;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Two readers that share a ring, and a thread that empties it, in all orders of their steps that
/// Lincheck has time for: each read is counted once, none is handed over that was not made, and
/// none twice. A drain ends, also when a slow reader puts the ring's cursor back.
class AccessBufferLincheckTest {

  private static final int RINGS = 4;
  private static final int SLOTS = 32;

  @Test
  void readsAreCountedExactlyAndNeverInvented() {
    Lincheck.runConcurrentTest(300, AccessBufferLincheckTest::recordAndDrain);
  }

  @Tag("long")
  @Test
  void readsAreCountedExactlyAndNeverInventedForLong() {
    Lincheck.runConcurrentTest(20_000, AccessBufferLincheckTest::recordAndDrain);
  }

  private static void recordAndDrain() {
    AccessBuffer buffer = new AccessBuffer(1);
    int[] handed = new int[SLOTS];
    List<Thread> readers =
        List.of(ofOneRing(() -> record(buffer, 1)), ofOneRing(() -> record(buffer, 11)));
    readers.forEach(Thread::start);
    buffer.drain(slot -> handed[slot]++);
    buffer.drain(slot -> handed[slot]++);
    LincheckThreads.join(readers);
    buffer.drain(slot -> handed[slot]++);
    for (int slot = 0; slot < SLOTS; slot++) {
      boolean recorded = slot == 1 || slot == 2 || slot == 11 || slot == 12;
      if (handed[slot] > (recorded ? 1 : 0)) {
        throw new AssertionError("slot " + slot + " came " + handed[slot] + " times");
      }
    }
    if (buffer.sum() != 4) {
      throw new AssertionError("counted " + buffer.sum() + " of 4");
    }
  }

  private static void record(AccessBuffer buffer, int first) {
    buffer.record(first);
    buffer.record(first + 1);
  }

  /// A thread's number chooses its ring.
  private static Thread ofOneRing(Runnable task) {
    while (true) {
      Thread thread = new Thread(task);
      if (thread.threadId() % RINGS == 0) {
        return thread;
      }
    }
  }
}
