package io.forebay.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class AccessBufferTest {

  private final AccessBuffer buffer = new AccessBuffer(1);

  @Test
  void readsOfOneThreadComeOutInOrder() {
    for (int i = 0; i < 50; i++) {
      buffer.record(i);
    }
    assertThat(drained()).hasSize(50).isSorted();
    assertThat(drained()).isEmpty();
  }

  @Test
  void asksForADrainOncePerRing() {
    int asked = 0;
    for (int i = 0; i < 640; i++) {
      asked += buffer.record(i) ? 1 : 0;
    }
    assertThat(asked).isEqualTo(10);
  }

  @Test
  void withoutDrainsTheNewestRemainAndAllAreCounted() {
    for (int i = 0; i < 1_000; i++) {
      buffer.record(i);
    }
    assertThat(drained()).hasSize(64).contains(999).doesNotContain(900);
    assertThat(buffer.sum()).isEqualTo(1_000);
  }

  @Test
  void concurrentReadsAreCountedExactlyAndNeverInvented() throws InterruptedException {
    int perThread = 50_000;
    AtomicInteger handed = new AtomicInteger();
    List<Thread> readers = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      readers.add(
          Thread.ofVirtual()
              .start(() -> {
                for (int i = 0; i < perThread; i++) {
                  buffer.record(i);
                }
              }));
    }
    while (readers.stream().anyMatch(Thread::isAlive)) {
      buffer.drain(_ -> handed.incrementAndGet());
    }
    for (Thread reader : readers) {
      reader.join();
    }
    buffer.drain(_ -> handed.incrementAndGet());
    assertThat(buffer.sum()).isEqualTo(4L * perThread);
    assertThat(handed.get()).isPositive().isLessThanOrEqualTo(4 * perThread);
  }

  @Test
  void aReadOfWhatHasNoSlotIsCountedAndNotHandedOver() {
    buffer.record(Resident.NO_SLOT);
    assertThat(drained()).isEmpty();
    assertThat(buffer.sum()).isEqualTo(1);
  }

  @Test
  void whatAnInterruptedDrainLeftComesNextTime() {
    for (int i = 0; i < 10; i++) {
      buffer.record(i);
    }
    List<Integer> first = new ArrayList<>();
    buffer.drain(first::add, () -> first.size() == 4);
    assertThat(first).containsExactly(0, 1, 2, 3);
    assertThat(drained()).containsExactly(4, 5, 6, 7, 8, 9);
  }

  private List<Integer> drained() {
    List<Integer> items = new ArrayList<>();
    buffer.drain(items::add);
    return items;
  }
}
