package io.forebay.backends.database;

import io.forebay.backends.calls.CallFailed;
import io.forebay.backends.calls.Deadline;
import io.forebay.backends.calls.KeptOpen;
import io.forebay.backends.calls.MonotonicWallClock;
import io.forebay.cache.VersionClock;
import io.forebay.cache.tier.TierFailure.Kind;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.sqlite.Function;

/// A SQLite file of this process alone. SQLite's calls do not let go of their thread, so a few
/// platform threads make them, each with a connection of its own: one that changes things, the
/// others only read, what callers do not read themselves ([CallersReads]).
///
/// **One commit for many.** The changing thread takes whatever has come since its last commit, does
/// all of that, and commits once. Whoever waits meanwhile shares the next turn.
///
/// The clock is the wall clock of when the file was opened, and goes on as the monotonic one does.
final class SqliteDatabase implements Database {

  private static final int READERS = 3;
  private static final int MOST_CALLERS_CONNECTIONS = 8;
  private static final int TOGETHER = 256;
  private static final Duration PATIENCE_AT_CLOSE = Duration.ofSeconds(4);

  /// Versions were at most so far ahead of the clock when the last process ended.
  private static final long MICROS_AHEAD = 1_000_000;

  private final FileChannel lockFile;
  private final List<Connection> connections = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private final CallersReads callersReads;
  private final BlockingQueue<WaitingWork<?>> reads;
  private final BlockingQueue<WaitingWork<?>> changes;
  private final MonotonicWallClock clock = new MonotonicWallClock();
  private final VersionClock stamps = new VersionClock(clock);
  private volatile boolean open = true;

  /// Why it has to be opened again; empty if it has not.
  private volatile String lost = "";

  private SqliteDatabase(FileChannel lockFile, int maxCalls) {
    this.lockFile = lockFile;
    this.callersReads = new CallersReads(maxCalls, CallersReads.MOMENT);
    this.reads = new LinkedBlockingQueue<>(maxCalls);
    this.changes = new LinkedBlockingQueue<>(maxCalls);
  }

  /// Opens the file and brings its tables up to date.
  static SqliteDatabase open(DatabaseUrl.Sqlite url, DatabaseSettings settings)
      throws KeptOpen.Unusable {
    return open(url.file().toAbsolutePath(), settings, 0);
  }

  /// @param maxPages beyond which it cannot grow: a full disk; zero for no such end
  static SqliteDatabase open(Path file, DatabaseSettings settings, long maxPages)
      throws KeptOpen.Unusable {
    FileChannel lockFile = lock(file);
    SqliteDatabase database = new SqliteDatabase(lockFile, settings.maxCalls());
    try {
      String jdbcUrl = "jdbc:sqlite:" + file;
      Migrations.run(jdbcUrl, null, null, "sqlite");
      for (int i = 0; i <= READERS; i++) {
        database.connections.add(database.connect(jdbcUrl, maxPages));
      }
      for (int i = 0; i < callersConnections(); i++) {
        database.callersReads.add(new Statements(database.connect(jdbcUrl, maxPages)));
      }
      database.observeStamps();
      database.connections.getFirst().setAutoCommit(false);
      database.start();
      return database;
    } catch (SQLException | RuntimeException e) {
      database.close();
      throw KeptOpen.Unusable.forGood(file + ": " + Deadline.words(e));
    }
  }

  static int callersConnections() {
    return Math.min(MOST_CALLERS_CONNECTIONS, CallersReads.mostConnections());
  }

  private static FileChannel lock(Path file) throws KeptOpen.Unusable {
    try {
      if (file.getParent() != null) {
        Files.createDirectories(file.getParent());
      }
      Path lock = file.resolveSibling(file.getFileName() + ".lock");
      FileChannel channel =
          FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      try {
        if (channel.tryLock() != null) {
          return channel;
        }
      } catch (OverlappingFileLockException ours) {
        // Another tier of this process has it: the same answer.
      }
      channel.close();
      throw KeptOpen.Unusable.forGood(file + " is in use by another process");
    } catch (IOException e) {
      throw KeptOpen.Unusable.forGood(file + " cannot be opened: " + e);
    }
  }

  private Connection connect(String jdbcUrl, long maxPages) throws SQLException {
    Properties pragmas = new Properties();
    // A commit is on the disk when it returns (sqlite.org/pragma.html#pragma_synchronous).
    pragmas.setProperty("journal_mode", "WAL");
    pragmas.setProperty("synchronous", "FULL");
    pragmas.setProperty("busy_timeout", "5000");
    Connection connection = DriverManager.getConnection(jdbcUrl, pragmas);
    if (maxPages > 0) {
      try (Statement statement = connection.createStatement()) {
        statement.execute("PRAGMA max_page_count = " + maxPages);
      }
    }
    define(connection, "forebay_clock", clock::micros);
    define(connection, "forebay_stamp", stamps::next);
    define(connection, "forebay_history", () -> 0);
    return connection;
  }

  private interface Numbers {
    long next();
  }

  private static void define(Connection connection, String name, Numbers numbers)
      throws SQLException {
    Function.create(
        connection,
        name,
        new Function() {
          @Override
          protected void xFunc() throws SQLException {
            result(numbers.next());
          }
        });
  }

  /// Versions go on where those of the last process ended, whatever the wall clock says.
  private void observeStamps() throws SQLException {
    try (Statement statement = connections.getFirst().createStatement();
        ResultSet found = statement.executeQuery("SELECT max(stored) FROM forebay_slots")) {
      if (found.next()) {
        stamps.observe(found.getLong(1) + MICROS_AHEAD);
      }
    }
  }

  private void start() {
    for (int i = 0; i < connections.size(); i++) {
      Connection connection = connections.get(i);
      String name = "forebay-sqlite-" + (i == 0 ? "writer" : "reader-" + i);
      Statements statements = new Statements(connection);
      Runnable loop = i == 0 ? () -> write(statements) : () -> read(statements);
      threads.add(Thread.ofPlatform().name(name).daemon().start(loop));
    }
  }

  @Override
  public <T> T read(Work<T> work, Deadline deadline) throws CallFailed {
    WaitingWork<T> read = new WaitingWork<>(work, deadline);
    checkOpen();
    return callersReads.read(read) ? read.await() : wait(reads, read);
  }

  @Override
  public <T> T scan(Work<T> work, Deadline deadline) throws CallFailed {
    return wait(reads, new WaitingWork<>(work, deadline));
  }

  @Override
  public <T> T change(Work<T> work, Deadline deadline) throws CallFailed {
    return wait(changes, new WaitingWork<>(work, deadline));
  }

  private void checkOpen() throws CallFailed {
    if (!isOpen()) {
      throw new CallFailed(Kind.DISCONNECTED, lost.isEmpty() ? "it is closed" : lost);
    }
  }

  private <T> T wait(BlockingQueue<WaitingWork<?>> queue, WaitingWork<T> work) throws CallFailed {
    if (!queue.offer(work)) {
      throw new CallFailed(Kind.BUSY, "too many calls are under way");
    }
    checkOpen(); // else nobody may come to it any more
    return work.await();
  }

  // ---- the threads

  private void read(Statements statements) {
    try (statements) {
      while (true) {
        reads.take().run(statements);
      }
    } catch (InterruptedException e) {
      // It is closed.
    } catch (SQLException e) {
      throw new IllegalStateException("SQLite does not close", e);
    }
  }

  private void write(Statements statements) {
    try (statements) {
      while (lost.isEmpty()) {
        List<WaitingWork<?>> together = new ArrayList<>();
        together.add(changes.take());
        changes.drainTo(together, TOGETHER - 1);
        commit(statements, together);
      }
    } catch (InterruptedException e) {
      // It is closed.
    } catch (SQLException e) {
      throw new IllegalStateException("SQLite does not close", e);
    }
  }

  /// Does all of it and commits. SQLite rolls back by itself what it has no room for, so when it
  /// fails once, nothing is kept of what came together.
  private void commit(Statements statements, List<WaitingWork<?>> together) {
    try {
      List<WaitingWork.Outcome<?>> outcomes = new ArrayList<>(together.size());
      for (WaitingWork<?> waiting : together) {
        WaitingWork.Outcome<?> outcome = waiting.attempt(statements);
        if (outcome.broken().isPresent()) {
          throw outcome.broken().get();
        }
        outcomes.add(outcome);
      }
      statements.commit();
      outcomes.forEach(WaitingWork.Outcome::tell);
    } catch (SQLException e) {
      rollBack(statements);
      CallFailed failed = SqlFailures.judged(e);
      together.forEach(waiting -> waiting.fail(failed));
    }
  }

  /// SQLite may have done it already, and then is in no transaction: what came next would be kept
  /// at once, and its commit would fail.
  private void rollBack(Statements statements) {
    try {
      statements.rollBack();
    } catch (SQLException e) {
      lost = "a transaction broke off: " + Deadline.words(e);
    }
  }

  // ---- as a session

  @Override
  public String skippingLocked() {
    return "";
  }

  @Override
  public void check() throws KeptOpen.Unusable {
    if (!lost.isEmpty()) {
      throw new KeptOpen.Unusable(lost);
    }
  }

  @Override
  public boolean isOpen() {
    return open && lost.isEmpty();
  }

  /// Waits for the works at hand, also when interrupted: the next to open the file needs the lock.
  @Override
  public void close() {
    open = false;
    threads.forEach(Thread::interrupt);
    boolean interrupted = false;
    for (Thread thread : threads) {
      interrupted |= awaitEnd(thread);
    }
    CallFailed closed = new CallFailed(Kind.DISCONNECTED, "it is closed");
    try (lockFile) {
      interrupted |= callersReads.close(Deadline.after(PATIENCE_AT_CLOSE));
      if (threads.isEmpty()) { // it was not even started
        for (Connection connection : connections) {
          connection.close();
        }
      }
    } catch (SQLException | IOException e) {
      throw new IllegalStateException("SQLite does not close", e);
    } finally {
      callersReads.failWaiting(closed);
      reads.forEach(waiting -> waiting.fail(closed));
      changes.forEach(waiting -> waiting.fail(closed));
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /// @return whether this thread was interrupted meanwhile
  private static boolean awaitEnd(Thread thread) {
    Deadline deadline = Deadline.after(PATIENCE_AT_CLOSE);
    boolean interrupted = false;
    while (thread.isAlive() && !deadline.isOver()) {
      try {
        thread.join(Duration.ofNanos(Math.max(1, deadline.leftNanos())));
      } catch (InterruptedException again) {
        interrupted = true;
      }
    }
    return interrupted;
  }
}
