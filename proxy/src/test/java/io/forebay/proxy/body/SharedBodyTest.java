package io.forebay.proxy.body;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SharedBodyTest {

  private final FillBudget budget = new FillBudget(10_000_000);

  private static Buffer chunk(int bytes) {
    return Buffer.buffer(new byte[bytes]);
  }

  private static byte[] readAll(BodySource source) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (Buffer next = source.next(); next != null; next = source.next()) {
      all.writeBytes(next.getBytes());
    }
    return all.toByteArray();
  }

  @Test
  void readersThatJoinAtAnyTimeOfAKeptBodyReadAllOfIt() throws Exception {
    SharedBody body = SharedBody.kept(100, budget);
    BodySource early = body.join().orElseThrow();
    assertThat(body.write(Buffer.buffer("abc"))).isTrue();
    BodySource late = body.join().orElseThrow();
    assertThat(body.write(Buffer.buffer("def"))).isTrue();
    body.complete();
    assertThat(readAll(early)).asString().isEqualTo("abcdef");
    assertThat(readAll(late)).asString().isEqualTo("abcdef");
    assertThat(readAll(body.join().orElseThrow())).asString().isEqualTo("abcdef");
    assertThat(body.bytes())
        .hasValueSatisfying(all -> assertThat(all).asString().isEqualTo("abcdef"));
  }

  @Test
  void aBodyOverTheLimitIsPassedOnWholeButNotKept() throws Exception {
    SharedBody body = SharedBody.kept(4, budget);
    BodySource reader = body.join().orElseThrow();
    assertThat(body.write(Buffer.buffer("abc"))).isTrue();
    assertThat(body.isKept()).isTrue();
    assertThat(body.write(Buffer.buffer("def"))).isTrue();
    assertThat(body.isKept()).isFalse();
    body.complete();
    assertThat(readAll(reader)).asString().isEqualTo("abcdef");
    assertThat(body.bytes()).isEmpty();
    assertThat(body.join()).as("its beginning is gone").isEmpty();
  }

  @Test
  void aPassingBodyWithoutReadersIsNotWanted() throws Exception {
    assertThat(SharedBody.passing(budget).write(chunk(1))).isFalse();
  }

  @Test
  void aKeptBodyIsFilledWithoutReaders() throws Exception {
    SharedBody body = SharedBody.kept(10, budget);
    assertThat(body.write(chunk(10))).isTrue();
  }

  @Test
  void theProducerOfAPassingBodyWaitsForTheSlowestReader() throws Exception {
    SharedBody body = SharedBody.passing(budget);
    BodySource fast = body.join().orElseThrow();
    BodySource slow = body.join().orElseThrow();
    body.write(chunk(SharedBody.WINDOW_BYTES));
    assertThat(fast.next()).isNotNull();
    CountDownLatch written = new CountDownLatch(1);
    Thread producer =
        Thread.ofVirtual()
            .start(() -> {
              try {
                body.write(chunk(1));
                written.countDown();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    Awaitility.await().until(() -> producer.getState() == Thread.State.WAITING);
    assertThat(written.getCount()).isEqualTo(1);
    assertThat(slow.next()).isNotNull();
    written.await();
  }

  @Test
  void aReaderThatLeavesFreesTheProducer() throws Exception {
    SharedBody body = SharedBody.passing(budget);
    BodySource gone = body.join().orElseThrow();
    body.write(chunk(SharedBody.WINDOW_BYTES));
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Boolean> wanted = threads.submit(() -> body.write(chunk(1)));
      gone.cancel();
      assertThat(wanted.get()).isFalse();
    }
    assertThatThrownBy(gone::next).isInstanceOf(IOException.class);
  }

  @Test
  void readersOfABrokenBodyGetWhatCameAndThenTheCause() throws Exception {
    SharedBody body = SharedBody.kept(100, budget);
    BodySource reader = body.join().orElseThrow();
    body.write(Buffer.buffer("abc"));
    body.breakOff(new IOException("the body broke off"));
    assertThat(reader.next()).hasToString("abc");
    assertThatThrownBy(reader::next).hasMessage("the body broke off");
    assertThat(body.bytes()).isEmpty();
  }

  @Test
  void aUsedUpBudgetTurnsABodyIntoAPassingOneAndCounts() throws Exception {
    FillBudget small = new FillBudget(1_000);
    SharedBody body = SharedBody.kept(100_000, small);
    BodySource reader = body.join().orElseThrow();
    body.write(chunk(500));
    body.write(chunk(5_000));
    assertThat(body.isKept()).isFalse();
    assertThat(small.refusals()).isEqualTo(1);
    body.complete();
    assertThat(readAll(reader)).hasSize(5_500);
    body.leaveBudget();
    assertThat(small.heldBytes()).isZero();
  }

  /// Many readers, slow ones among them, bodies of all sizes around the limit: everybody who could
  /// join reads exactly what was written, and the budget is whole again.
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void everyReaderReadsExactlyWhatWasWritten(long seed) throws Exception {
    Random random = new Random(seed);
    int total = random.nextInt(1_200_000);
    byte[] content = new byte[total];
    random.nextBytes(content);
    SharedBody body = SharedBody.kept(600_000, budget);
    List<Future<byte[]>> reads = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      int at = 0;
      for (int i = 0; i < 5; i++) {
        body.join()
            .ifPresent(
                reader -> reads.add(threads.submit((Callable<byte[]>) () -> readAll(reader))));
      }
      while (at < total) {
        int length = Math.min(total - at, 1 + random.nextInt(40_000));
        assertThat(
                body.write(Buffer.buffer(java.util.Arrays.copyOfRange(content, at, at + length))))
            .isTrue();
        at += length;
        if (random.nextInt(10) == 0) {
          body.join().ifPresent(reader -> reads.add(threads.submit(() -> readAll(reader))));
        }
      }
      body.complete();
      for (Future<byte[]> read : reads) {
        assertThat(read.get()).as("seed " + seed).isEqualTo(content);
      }
    }
    body.leaveBudget();
    assertThat(budget.heldBytes()).isZero();
  }
}
