package io.forebay.backends.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.forebay.backends.calls.CallFailed;
import io.forebay.backends.calls.Deadline;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// One connection and many who read.
class CallersReadsTest {

  private static final Duration LONG = Duration.ofSeconds(30);

  private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();
  private final CallersReads reads = new CallersReads(1_000, LONG);
  private final CountDownLatch held = new CountDownLatch(1);
  private final CountDownLatch released = new CountDownLatch(1);
  private final AtomicInteger made = new AtomicInteger();
  private Connection connection;

  @BeforeEach
  void open() throws Exception {
    connection = DriverManager.getConnection("jdbc:sqlite::memory:");
    reads.add(new Statements(connection));
  }

  @AfterEach
  void end() throws Exception {
    released.countDown();
    callers.shutdown();
    connection.close();
  }

  private static WaitingWork<Integer> work(Database.Work<Integer> work) {
    return new WaitingWork<>(work, Deadline.after(LONG));
  }

  /// A caller who has the connection until [#released].
  private Future<Boolean> hold() throws InterruptedException {
    Future<Boolean> holder =
        callers.submit(() ->
            reads.read(
                work(_ -> {
                  held.countDown();
                  await().until(() -> released.getCount() == 0);
                  return made.incrementAndGet();
                })));
    held.await();
    return holder;
  }

  private List<Future<Integer>> leave(int count) {
    List<Future<Integer>> left = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      left.add(
          callers.submit(() -> {
            WaitingWork<Integer> read = work(_ -> made.incrementAndGet());
            assertThat(reads.read(read)).isTrue();
            return read.await();
          }));
    }
    await().until(() -> reads.waiting() == count);
    return left;
  }

  @Test
  void whoHasTheConnectionReadsForThoseWhoWait() throws Exception {
    Future<Boolean> holder = hold();
    List<Future<Integer>> left = leave(3);
    released.countDown();
    assertThat(holder.get()).isTrue();
    List<Integer> answers = new ArrayList<>();
    for (Future<Integer> one : left) {
      answers.add(one.get());
    }
    assertThat(answers).containsExactlyInAnyOrder(2, 3, 4);
  }

  @Test
  void heGoesOnAfterSomeAndTheNextOneReadsForTheRest() throws Exception {
    Future<Boolean> holder = hold();
    List<Future<Integer>> left = leave(3 * CallersReads.MOST_FOR_OTHERS);
    released.countDown();
    assertThat(holder.get()).isTrue();
    assertThat(made.get()).isLessThanOrEqualTo(1 + CallersReads.MOST_FOR_OTHERS);
    await()
        .until(() -> {
          WaitingWork<Integer> next = work(_ -> 0);
          reads.read(next);
          return next.await() == 0 && reads.waiting() == 0;
        });
    for (Future<Integer> one : left) {
      one.get();
    }
    assertThat(made).as("each once").hasValue(1 + left.size());
  }

  @Test
  void nobodyMakesAReadTwiceOrForgetsOne() throws Exception {
    List<Future<?>> all = new ArrayList<>();
    for (int caller = 0; caller < 8; caller++) {
      all.add(
          callers.submit(() -> {
            for (int i = 0; i < 5_000; i++) {
              WaitingWork<Integer> read = work(_ -> made.incrementAndGet());
              assertThat(reads.read(read)).isTrue();
              var _ = read.await();
            }
            return null;
          }));
    }
    for (Future<?> one : all) {
      one.get();
    }
    assertThat(made).hasValue(8 * 5_000);
  }

  @Test
  void anErrorIsTheOneWhoseReadItIs() throws Exception {
    Future<Boolean> holder = hold();
    WaitingWork<Integer> bad =
        work(_ -> {
          throw new StackOverflowError("too deep");
        });
    Future<Boolean> other = callers.submit(() -> reads.read(bad));
    await().until(() -> reads.waiting() == 1);
    released.countDown();
    assertThat(holder.get()).isTrue();
    assertThat(other.get()).isTrue();
    assertThatExceptionOfType(CallFailed.class)
        .isThrownBy(bad::await)
        .withMessageContaining("too deep");
  }

  @Test
  void aConnectionThatComesBackAfterTheCloseIsClosed() throws Exception {
    Future<Boolean> holder = hold();
    reads.close(Deadline.after(Duration.ZERO));
    assertThat(connection.isClosed()).isFalse();
    released.countDown();
    assertThat(holder.get()).isTrue();
    assertThat(connection.isClosed()).isTrue();
  }

  @Test
  void whereThereIsNoRoomToWaitItGoesAnotherWay() throws Exception {
    CallersReads full = new CallersReads(1, LONG);
    assertThat(full.read(work(_ -> 1))).as("no connection at all").isFalse();
    Future<Boolean> holder = hold();
    List<Future<Integer>> left = leave(1_000);
    assertThat(reads.read(work(_ -> 1))).isFalse();
    released.countDown();
    holder.get();
    left.forEach(one -> one.cancel(true));
  }
}
