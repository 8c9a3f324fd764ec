package io.forebay.backends.database;

import io.forebay.backends.calls.Deadline;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// Reads that callers make on their own threads, for themselves and for each other. Thread-safe.
///
/// A read from memory takes microseconds, less than handing it to another thread. But while it is
/// made, a virtual thread holds its carrier, and a disk that hangs would hold it for long, whatever
/// the caller's deadline: so there are connections for all carriers but one. Who finds none free
/// leaves his read to those who have one; if none of them comes to it within a moment, it goes
/// another way.
///
/// **No read is forgotten** between who leaves one and who has the last connection: each does first
/// what the other looks for.
///
/// ```
/// leaves his read in `waiting`     gives his connection back
/// looks for a connection           looks for reads in `waiting`
/// ```
final class CallersReads {

  /// Several hundred reads from memory.
  static final Duration MOMENT = Duration.ofMillis(2);

  /// Reads that one makes for others before he goes on, if they take no longer than a moment.
  static final int MOST_FOR_OTHERS = 32;

  private final Duration patience;
  private final BlockingQueue<Statements> free = new LinkedBlockingQueue<>();
  private final BlockingQueue<WaitingWork<?>> waiting;
  private int count;

  /// Whether who gives a connection back closes it.
  private volatile boolean closed;

  /// @param maxWaiting reads that wait for somebody to make them
  /// @param patience how long they do
  CallersReads(int maxWaiting, Duration patience) {
    this.waiting = new LinkedBlockingQueue<>(maxWaiting);
    this.patience = patience;
  }

  /// One more connection, before the first read.
  void add(Statements statements) {
    count++;
    free.add(statements);
  }

  /// How many connections there may be in this process.
  static int mostConnections() {
    int carriers =
        Integer.getInteger(
            "jdk.virtualThreadScheduler.parallelism", Runtime.getRuntime().availableProcessors());
    return Math.max(0, carriers - 1);
  }

  /// Reads that nobody has come to yet.
  int waiting() {
    return waiting.size();
  }

  /// Makes a read, or has it made by others.
  ///
  /// @return false if it has to go another way
  boolean read(WaitingWork<?> read) {
    if (count == 0) {
      return false;
    }
    Statements own = free.poll();
    if (own != null) {
      try {
        read.run(own);
      } finally {
        giveBack(own);
      }
      readForOthers();
      return true;
    }
    if (!waiting.offer(read)) {
      return false;
    }
    readForOthers();
    // Who has taken it out of the queue makes it.
    return read.isDoneWithin(patience) || !waiting.remove(read);
  }

  private void readForOthers() {
    Deadline end = Deadline.after(MOMENT);
    for (int made = 0; made < MOST_FOR_OTHERS && !waiting.isEmpty() && !end.isOver(); made++) {
      Statements own = free.poll();
      if (own == null) {
        return; // whoever has it will look
      }
      try {
        WaitingWork<?> next = waiting.poll();
        if (next != null) {
          next.run(own);
        }
      } finally {
        giveBack(own);
      }
    }
  }

  private void giveBack(Statements statements) {
    free.add(statements);
    if (closed) {
      closeFree();
    }
  }

  private void closeFree() {
    for (Statements late = free.poll(); late != null; late = free.poll()) {
      try {
        late.close();
      } catch (SQLException e) {
        throw new IllegalStateException("SQLite does not close", e);
      }
    }
  }

  void failWaiting(Exception why) {
    waiting.forEach(read -> read.fail(why));
  }

  /// Closes those that come back until then, and has the others closed when they do; nobody may
  /// read any more.
  ///
  /// @return whether this thread was interrupted meanwhile
  boolean close(Deadline deadline) throws SQLException {
    boolean interrupted = false;
    int open = count;
    while (open > 0 && !deadline.isOver()) {
      try {
        Statements back = free.poll(deadline.leftNanos(), TimeUnit.NANOSECONDS);
        if (back != null) {
          open--;
          back.close();
        }
      } catch (InterruptedException again) {
        interrupted = true;
      }
    }
    closed = true;
    closeFree();
    return interrupted;
  }
}
