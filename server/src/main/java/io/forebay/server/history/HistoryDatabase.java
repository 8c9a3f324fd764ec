package io.forebay.server.history;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Series of JSON texts by time, each bounded, in one SQLite file. Thread-safe; waits for the disk.
/// Failures are counted and logged, never thrown: history is worth no outage.
public final class HistoryDatabase implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(HistoryDatabase.class);

  /// What is kept.
  public enum Series {
    SAMPLES,
    WARMING_JOBS
  }

  private final Connection connection;
  private final ReentrantLock lock = new ReentrantLock();
  private final LongAdder lost = new LongAdder();

  private HistoryDatabase(Connection connection) {
    this.connection = connection;
  }

  /// @param file made if missing
  /// @throws SQLException if it cannot be used
  public static HistoryDatabase open(Path file) throws SQLException {
    Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file.toAbsolutePath());
    try (var statement = connection.createStatement()) {
      statement.execute("PRAGMA journal_mode = WAL");
      statement.execute("PRAGMA synchronous = NORMAL");
      statement.execute("PRAGMA busy_timeout = 2000");
      for (Series series : Series.values()) {
        statement.execute(
            "CREATE TABLE IF NOT EXISTS "
                + series
                + " (id INTEGER PRIMARY KEY AUTOINCREMENT, time INTEGER NOT NULL, json TEXT NOT"
                + " NULL)");
        statement.execute(
            "CREATE INDEX IF NOT EXISTS " + series + "_by_time ON " + series + " (time)");
      }
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
    return new HistoryDatabase(connection);
  }

  /// Adds a row, and drops the oldest beyond the bound.
  ///
  /// @param timeMillis since 1970
  public void add(Series series, long timeMillis, String json, long maxRows) {
    lock.lock();
    try (PreparedStatement insert =
            connection.prepareStatement("INSERT INTO " + series + " (time, json) VALUES (?, ?)");
        PreparedStatement trim =
            connection.prepareStatement(
                "DELETE FROM "
                    + series
                    + " WHERE id <= (SELECT max(id) FROM "
                    + series
                    + ") - ?")) {
      insert.setLong(1, timeMillis);
      insert.setString(2, json);
      insert.executeUpdate();
      trim.setLong(1, maxRows);
      trim.executeUpdate();
    } catch (SQLException e) {
      lost.increment();
      log.atWarn().setCause(e).addKeyValue("series", series).log("a row of history was lost");
    } finally {
      lock.unlock();
    }
  }

  /// Rows from a time on, oldest first; every n-th if there are more than `limit`.
  public List<String> since(Series series, long timeMillis, int limit) {
    lock.lock();
    try (PreparedStatement count =
        connection.prepareStatement("SELECT count(*) FROM " + series + " WHERE time >= ?")) {
      count.setLong(1, timeMillis);
      long rows;
      try (ResultSet result = count.executeQuery()) {
        rows = result.next() ? result.getLong(1) : 0;
      }
      long step = Math.max(1, Math.ceilDiv(rows, (long) limit));
      try (PreparedStatement select =
          connection.prepareStatement(
              "SELECT json FROM " + series + " WHERE time >= ? AND id % ? = 0 ORDER BY id")) {
        select.setLong(1, timeMillis);
        select.setLong(2, step);
        return texts(select);
      }
    } catch (SQLException e) {
      log.atWarn().setCause(e).addKeyValue("series", series).log("history could not be read");
      return List.of();
    } finally {
      lock.unlock();
    }
  }

  /// The newest rows, newest first.
  public List<String> newest(Series series, int limit) {
    lock.lock();
    try (PreparedStatement select =
        connection.prepareStatement("SELECT json FROM " + series + " ORDER BY id DESC LIMIT ?")) {
      select.setInt(1, limit);
      return texts(select);
    } catch (SQLException e) {
      log.atWarn().setCause(e).addKeyValue("series", series).log("history could not be read");
      return List.of();
    } finally {
      lock.unlock();
    }
  }

  private static List<String> texts(PreparedStatement select) throws SQLException {
    List<String> texts = new ArrayList<>();
    try (ResultSet result = select.executeQuery()) {
      while (result.next()) {
        texts.add(result.getString(1));
      }
    }
    return texts;
  }

  /// Rows that could not be written.
  public long lost() {
    return lost.sum();
  }

  @Override
  public void close() {
    lock.lock();
    try {
      connection.close();
    } catch (SQLException e) {
      log.atWarn().setCause(e).log("history could not be closed");
    } finally {
      lock.unlock();
    }
  }
}
