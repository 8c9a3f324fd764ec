package io.forebay.proxy.body;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.http.HttpFields;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
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
    Awaitility.await().until(() -> producer.getState() == Thread.State.TIMED_WAITING);
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

  @Test
  void aReaderThatStallsIsLetGoWhenOthersWaitForIt() throws Exception {
    SharedBody body = SharedBody.kept(4, budget, Duration.ofMillis(50));
    BodySource moving = body.join().orElseThrow();
    BodySource stalled = body.join().orElseThrow();
    byte[] content = new byte[4 * SharedBody.WINDOW_BYTES];
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<byte[]> read = threads.submit(() -> readAll(moving));
      for (int i = 0; i < 4; i++) {
        assertThat(body.write(chunk(SharedBody.WINDOW_BYTES))).isTrue();
      }
      body.complete();
      assertThat(read.get()).hasSize(content.length);
    }
    assertThatThrownBy(stalled::next)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("others");
  }

  /// It holds up nobody but itself, so its client's own time limit is what ends it.
  @Test
  void aLoneReaderThatStallsIsWaitedFor() throws Exception {
    SharedBody body = SharedBody.kept(4, budget, Duration.ofNanos(1));
    BodySource slow = body.join().orElseThrow();
    body.write(chunk(SharedBody.WINDOW_BYTES));
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Boolean> written = threads.submit(() -> body.write(chunk(SharedBody.WINDOW_BYTES)));
      assertThat(slow.next()).isNotNull();
      assertThat(written.get()).isTrue();
    }
    assertThat(slow.next()).isNotNull();
  }

  @Test
  void theBudgetIsHeldAsLongAsAReaderNeedsTheBytes() throws Exception {
    SharedBody body = SharedBody.kept(1_000, budget);
    BodySource reader = body.join().orElseThrow();
    body.write(chunk(700));
    body.complete();
    body.leaveBudget();
    assertThat(budget.heldBytes()).as("refused by the store, still to be read").isEqualTo(828);
    assertThat(readAll(reader)).hasSize(700);
    assertThat(budget.heldBytes()).isZero();
    assertThat(body.join()).as("its bytes are gone").isEmpty();
  }

  @Test
  void readersOfAStoredBodyGoOnInTheStoresBytes() throws Exception {
    Random random = new Random(3);
    byte[] content = new byte[300_000];
    random.nextBytes(content);
    SharedBody body = SharedBody.kept(1_000_000, budget);
    BodySource begun = body.join().orElseThrow();
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    for (int at = 0; at < content.length; at += 50_000) {
      body.write(Buffer.buffer(java.util.Arrays.copyOfRange(content, at, at + 50_000)));
    }
    read.writeBytes(Objects.requireNonNull(begun.next()).getBytes());
    BodySource notBegun = body.join().orElseThrow();
    body.complete(HttpFields.of("X-Sum", "1"));
    body.liesIn(body.bytes().orElseThrow());
    body.leaveBudget();
    assertThat(budget.heldBytes()).isZero();
    read.writeBytes(readAll(begun));
    assertThat(read.toByteArray()).isEqualTo(content);
    assertThat(readAll(notBegun)).isEqualTo(content);
    assertThat(notBegun.trailers()).isEqualTo(HttpFields.of("X-Sum", "1"));
    assertThat(readAll(body.join().orElseThrow()))
        .as("late, but it is all there")
        .isEqualTo(content);
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
