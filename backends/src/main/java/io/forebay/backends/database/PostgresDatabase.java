package io.forebay.backends.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.forebay.backends.calls.CallFailed;
import io.forebay.backends.calls.Deadline;
import io.forebay.backends.calls.KeptOpen;
import io.forebay.cache.tier.TierFailure.Kind;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;

/// A PostgreSQL server. Each work is done on a virtual thread with a connection of the pool, so
/// that its caller can give up; works under way are bounded.
final class PostgresDatabase implements Database {

  private static final String RIGHTS =
      """
      SELECT has_table_privilege('forebay_slots', 'SELECT')
         AND has_table_privilege('forebay_slots', 'INSERT')
         AND has_table_privilege('forebay_slots', 'UPDATE')
         AND has_table_privilege('forebay_slots', 'DELETE')
         AND has_sequence_privilege('forebay_stamps', 'USAGE')
      """;

  private final HikariDataSource pool;
  private final Semaphore places;
  private final int checkSeconds;

  private PostgresDatabase(HikariDataSource pool, DatabaseSettings settings) {
    this.pool = pool;
    this.places = new Semaphore(settings.maxCalls());
    this.checkSeconds = seconds(settings.connectTimeout());
  }

  /// Connects and brings the tables up to date.
  static PostgresDatabase open(DatabaseUrl.PostgreSql url, DatabaseSettings settings)
      throws KeptOpen.Unusable {
    HikariConfig configuration = new HikariConfig();
    configuration.setJdbcUrl(url.jdbcUrl());
    url.user().ifPresent(configuration::setUsername);
    url.password().ifPresent(configuration::setPassword);
    configuration.addDataSourceProperty("ApplicationName", "forebay-tier");
    configuration.addDataSourceProperty("reWriteBatchedInserts", "false"); // counts are needed
    String patience = Integer.toString(seconds(settings.connectTimeout()));
    configuration.addDataSourceProperty("connectTimeout", patience);
    configuration.addDataSourceProperty("loginTimeout", patience);
    // A hung server must not keep a connection for ever: the caller has gone long before.
    Duration socket = settings.deadline().plus(settings.connectTimeout());
    configuration.addDataSourceProperty("socketTimeout", Integer.toString(seconds(socket)));
    // Whatever the database's own default is: at least its own disk, before a commit returns.
    configuration.setConnectionInitSql("SET synchronous_commit = on");
    configuration.setPoolName("forebay-tier");
    configuration.setMaximumPoolSize(settings.connections());
    configuration.setMinimumIdle(1);
    configuration.setConnectionTimeout(Math.max(250, settings.connectTimeout().toMillis()));
    configuration.setValidationTimeout(Math.max(250, settings.connectTimeout().toMillis() - 1));
    configuration.setInitializationFailTimeout(1);
    HikariDataSource pool = null;
    try {
      Migrations.run(configuration, "postgresql");
      pool = new HikariDataSource(configuration);
      PostgresDatabase database = new PostgresDatabase(pool, settings);
      database.checkRights();
      database.check();
      return database;
    } catch (RuntimeException | SQLException | KeptOpen.Unusable e) {
      if (pool != null) {
        pool.close();
      }
      throw unusable(e);
    }
  }

  /// Waiting helps against what may end by itself: not against a wrong password (28), a database
  /// that is not there (3D), or rights and tables that are missing (42).
  private static KeptOpen.Unusable unusable(Exception failure) {
    if (failure instanceof KeptOpen.Unusable told) {
      return told;
    }
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql && sql.getSQLState() != null) {
        String kind = sql.getSQLState().substring(0, Math.min(2, sql.getSQLState().length()));
        if (kind.equals("28") || kind.equals("3D") || kind.equals("42")) {
          return KeptOpen.Unusable.forGood(Deadline.words(failure));
        }
      }
    }
    return new KeptOpen.Unusable(Deadline.words(failure));
  }

  private static int seconds(Duration span) {
    return Math.toIntExact(Math.max(1, span.plusMillis(999).toSeconds()));
  }

  @Override
  public <T> T read(Work<T> work, Deadline deadline) throws CallFailed {
    return run(work, deadline);
  }

  @Override
  public <T> T scan(Work<T> work, Deadline deadline) throws CallFailed {
    return run(work, deadline);
  }

  @Override
  public <T> T change(Work<T> work, Deadline deadline) throws CallFailed {
    return run(work, deadline);
  }

  private <T> T run(Work<T> work, Deadline deadline) throws CallFailed {
    if (!places.tryAcquire()) {
      throw new CallFailed(Kind.BUSY, "too many calls are under way");
    }
    CompletableFuture<T> done = new CompletableFuture<>();
    Thread.ofVirtual()
        .name("forebay-database")
        .start(() -> {
          try {
            done.complete(onConnection(work, deadline));
          } catch (SQLException e) {
            done.completeExceptionally(SqlFailures.judged(e));
          } catch (CallFailed | RuntimeException | Error e) {
            done.completeExceptionally(e);
          } finally {
            places.release();
          }
        });
    return deadline.await(done);
  }

  private <T> T onConnection(Work<T> work, Deadline deadline) throws SQLException, CallFailed {
    try (Statements statements = new Statements(pool.getConnection())) {
      if (deadline.isOver()) {
        throw deadline.missed();
      }
      return work.on(statements);
    }
  }

  @Override
  public String skippingLocked() {
    return " FOR UPDATE SKIP LOCKED";
  }

  @Override
  public void check() throws KeptOpen.Unusable {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      statement.setQueryTimeout(checkSeconds);
      var _ = statement.execute("SELECT forebay_history()"); // fails on a replica
    } catch (SQLException e) {
      throw new KeptOpen.Unusable(Deadline.words(e));
    }
  }

  /// A user that may see the table and not change it would only find out with the first write.
  private void checkRights() throws SQLException, KeptOpen.Unusable {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      statement.setQueryTimeout(checkSeconds);
      try (ResultSet rights = statement.executeQuery(RIGHTS)) {
        if (!rights.next() || !rights.getBoolean(1)) {
          throw KeptOpen.Unusable.forGood(
              "its user lacks rights: SELECT, INSERT, UPDATE and DELETE on forebay_slots, USAGE on"
                  + " forebay_stamps");
        }
      }
    }
  }

  @Override
  public boolean isOpen() {
    return pool.isRunning();
  }

  @Override
  public void close() {
    // Waits for connections that are in use, which nobody should have to.
    Thread.ofVirtual().name("forebay-database-closer").start(pool::close);
  }
}
