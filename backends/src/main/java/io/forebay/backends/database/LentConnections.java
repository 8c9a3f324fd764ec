package io.forebay.backends.database;

import io.forebay.backends.calls.Deadline;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// Connections that callers take for a read, which they make on their own threads.
///
/// A read from memory takes microseconds, less than handing it to another thread. But while it is
/// made, a virtual thread holds its carrier, and a disk that hangs would hold it for long: so there
/// are connections for half of the carriers only, and whoever gets none within a moment goes
/// another way.
final class LentConnections {

  /// Several hundred reads from memory.
  private static final Duration MOMENT = Duration.ofMillis(2);

  private final BlockingQueue<Connection> free = new LinkedBlockingQueue<>();
  private int count;

  /// One more, before the first is taken.
  void add(Connection connection) {
    count++;
    free.add(connection);
  }

  /// How many of them a machine can do with.
  static int forThisMachine(int most) {
    return Math.min(most, Runtime.getRuntime().availableProcessors() / 2);
  }

  /// One to use and to [#giveBack]; empty if all are in use, and stay so for a moment.
  Optional<Connection> take(Deadline deadline) {
    if (count == 0) {
      return Optional.empty();
    }
    try {
      long patience = Math.clamp(deadline.leftNanos(), 0, MOMENT.toNanos());
      return Optional.ofNullable(free.poll(patience, TimeUnit.NANOSECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  void giveBack(Connection connection) {
    free.add(connection);
  }

  /// Closes those that come back until then; nobody may take one any more.
  ///
  /// @return whether this thread was interrupted meanwhile
  boolean close(Deadline deadline) throws SQLException {
    boolean interrupted = false;
    int open = count;
    while (open > 0 && !deadline.isOver()) {
      try {
        Connection back = free.poll(deadline.leftNanos(), TimeUnit.NANOSECONDS);
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
