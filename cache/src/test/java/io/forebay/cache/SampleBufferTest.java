package io.forebay.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;

class SampleBufferTest {

  @Test
  void whatDoesNotFitIsRefusedAndTheRestComesInOrder() {
    SampleBuffer buffer = new SampleBuffer(4);
    List<Long> seen = new ArrayList<>();
    for (int round = 0; round < 3; round++) {
      for (long i = 1; i <= 4; i++) {
        assertThat(buffer.offer(i, 10 * i)).isTrue();
      }
      assertThat(buffer.offer(5, 50)).isFalse();
      seen.clear();
      buffer.drain((first, second) -> {
        seen.add(first);
        seen.add(second);
      });
      assertThat(seen).containsExactly(1L, 10L, 2L, 20L, 3L, 30L, 4L, 40L);
    }
  }

  @Test
  void pairsOfManyThreadsStayPairsAndNoneIsLostOrDoubled() throws InterruptedException {
    SampleBuffer buffer = new SampleBuffer(64);
    LongAdder offered = new LongAdder();
    CountDownLatch writing = new CountDownLatch(4);
    for (int t = 0; t < 4; t++) {
      long thread = t;
      Thread.ofPlatform()
          .start(() -> {
            for (long i = 1; i <= 20_000; i++) {
              long first = thread << 32 | i;
              if (buffer.offer(first, ~first)) {
                offered.increment();
              }
            }
            writing.countDown();
          });
    }
    long[] last = new long[4];
    long[] taken = new long[1];
    SampleBuffer.PairConsumer check =
        (first, second) -> {
          assertThat(second).isEqualTo(~first);
          int thread = (int) (first >>> 32);
          assertThat((int) first).as("in its thread's order").isGreaterThan((int) last[thread]);
          last[thread] = first;
          taken[0]++;
        };
    while (writing.getCount() > 0) {
      buffer.drain(check);
    }
    writing.await();
    buffer.drain(check);
    assertThat(taken[0]).isEqualTo(offered.sum()).isPositive();
  }
}
