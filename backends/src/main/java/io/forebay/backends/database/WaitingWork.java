package io.forebay.backends.database;

import io.forebay.backends.calls.CallFailed;
import io.forebay.backends.calls.Deadline;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/// Somebody's work, which one of several threads does, and where its outcome goes. Thread-safe.
final class WaitingWork<T> {

  private final Database.Work<T> work;
  private final Deadline deadline;
  private final CompletableFuture<T> done = new CompletableFuture<>();
  private final AtomicBoolean begun = new AtomicBoolean();

  WaitingWork(Database.Work<T> work, Deadline deadline) {
    this.work = work;
    this.deadline = deadline;
  }

  /// What came of it.
  T await() throws CallFailed {
    return deadline.await(done);
  }

  /// Waits for an end of it, good or bad.
  ///
  /// @return false if there is none until then, or this thread was interrupted
  boolean isDoneWithin(Duration patience) {
    try {
      long nanos = Math.clamp(deadline.leftNanos(), 0, patience.toNanos());
      var _ = done.get(nanos, TimeUnit.NANOSECONDS);
      return true;
    } catch (ExecutionException failed) {
      return true;
    } catch (TimeoutException late) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  void fail(Exception why) {
    done.completeExceptionally(why);
  }

  /// Does it, if nobody has begun to, and tells what came of it.
  void run(Statements statements) {
    if (begun.compareAndSet(false, true)) {
      attempt(statements).tell();
    }
  }

  /// What came of a work, kept until others have it too.
  ///
  /// @param broken what SQLite failed with, if it did
  record Outcome<T>(
      WaitingWork<T> waiting,
      Consumer<CompletableFuture<T>> answer,
      Optional<SQLException> broken) {

    private static <T> Outcome<T> of(
        WaitingWork<T> waiting, Consumer<CompletableFuture<T>> answer) {
      return new Outcome<>(waiting, answer, Optional.empty());
    }

    void tell() {
      answer.accept(waiting.done);
    }
  }

  Outcome<T> attempt(Statements statements) {
    try {
      if (deadline.isOver()) {
        throw deadline.missed();
      }
      T result = work.on(statements);
      return Outcome.of(this, done -> done.complete(result));
    } catch (SQLException e) {
      CallFailed failed = SqlFailures.judged(e);
      return new Outcome<>(this, done -> done.completeExceptionally(failed), Optional.of(e));
    } catch (CallFailed | RuntimeException | Error e) {
      // Whatever it is, it is the caller's, and not that of whoever does his work for him.
      return Outcome.of(this, done -> done.completeExceptionally(e));
    }
  }
}
