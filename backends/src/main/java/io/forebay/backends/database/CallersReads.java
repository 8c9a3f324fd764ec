package io.forebay.backends.database;

import io.forebay.backends.calls.CallFailed;
import io.forebay.backends.calls.Deadline;
import io.forebay.cache.tier.TierFailure.Kind;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// Reads that callers make on their own threads, for themselves and for each other.
///
/// A read from memory takes microseconds, less than handing it to another thread. But while it is
/// made, a virtual thread holds its carrier, and a disk that hangs would hold it for long: so there
/// are connections for all carriers but one. Who finds none free leaves his read to those who have
/// one; if none of them comes to it within a moment, it goes another way.
final class CallersReads {

  /// Several hundred reads from memory.
  private static final Duration MOMENT = Duration.ofMillis(2);

  /// Reads that one makes for others before it goes on.
  private static final int MOST_FOR_OTHERS = 32;

  private final BlockingQueue<Statements> free = new LinkedBlockingQueue<>();
  private final BlockingQueue<Waiting<?>> waiting;
  private int count;

  /// @param maxWaiting reads that wait for somebody to make them
  CallersReads(int maxWaiting) {
    this.waiting = new LinkedBlockingQueue<>(maxWaiting);
  }

  /// One more connection, before the first read.
  void add(Statements statements) {
    count++;
    free.add(statements);
  }

  /// How many connections this machine can do with.
  static int forThisMachine(int most) {
    int carriers = Runtime.getRuntime().availableProcessors();
    return Math.min(most, carriers - 1);
  }

  /// Makes a read, or has it made by others.
  ///
  /// @return false if it has to go another way
  boolean read(Waiting<?> read) throws CallFailed {
    if (count == 0) {
      return false;
    }
    Statements own = free.poll();
    if (own != null) {
      try {
        read.run(own);
        makeWaiting(own);
      } finally {
        free.add(own);
      }
      makeWaiting();
      return true;
    }
    if (!waiting.offer(read)) {
      throw new CallFailed(Kind.BUSY, "too many calls are under way");
    }
    makeWaiting();
    if (read.isDoneWithin(MOMENT)) {
      return true;
    }
    waiting.remove(read);
    return false;
  }

  /// What was left by those who found no connection free just before one was given back.
  private void makeWaiting() {
    while (!waiting.isEmpty()) {
      Statements own = free.poll();
      if (own == null) {
        return;
      }
      try {
        makeWaiting(own);
      } finally {
        free.add(own);
      }
    }
  }

  private void makeWaiting(Statements own) {
    for (int made = 0; made < MOST_FOR_OTHERS; made++) {
      Waiting<?> next = waiting.poll();
      if (next == null) {
        return;
      }
      next.run(own);
    }
  }

  void failWaiting(CallFailed why) {
    waiting.forEach(read -> read.fail(why));
  }

  /// Closes those that come back until then; nobody may read any more.
  ///
  /// @return whether this thread was interrupted meanwhile
  boolean close(Deadline deadline) throws SQLException {
    boolean interrupted = false;
    int open = count;
    while (open > 0 && !deadline.isOver()) {
      try {
        Statements back = free.poll(deadline.leftNanos(), TimeUnit.NANOSECONDS);
        if (back != null) {
          back.close();
          open--;
        }
      } catch (InterruptedException again) {
        interrupted = true;
      }
    }
    return interrupted;
  }
}
