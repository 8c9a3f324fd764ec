package io.forebay.server.audit;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;

/// Rows in a SQL database: SQLite or PostgreSQL, which differ in how a time is kept and in how
/// durability is asked for.
final class JdbcAuditStore implements AuditStore {

  private static final String COLUMNS =
      "id, at, operation, principal, address, cache, scope, mode, reason, subject, outcome, status,"
          + " affected";

  private static final String UPSERT =
      "INSERT INTO forebay_audit ("
          + COLUMNS
          + ") VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT (id) DO UPDATE SET outcome ="
          + " excluded.outcome, status = excluded.status, affected = excluded.affected";

  private static final String OLDEST =
      "SELECT id FROM forebay_audit WHERE id < ? ORDER BY id LIMIT ?";

  private enum Dialect {
    SQLITE,
    POSTGRESQL
  }

  private final Dialect dialect;
  private final HikariDataSource pool;

  private JdbcAuditStore(Dialect dialect, HikariDataSource pool) {
    this.dialect = dialect;
    this.pool = pool;
  }

  /// Connects and brings the tables up to date.
  ///
  /// @param timeout for a connection to open
  static JdbcAuditStore open(AuditDatabase database, Duration timeout) throws AuditStoreException {
    return switch (database) {
      case AuditDatabase.File file -> open(Dialect.SQLITE, sqlite(file, ""), database, timeout);
      case AuditDatabase.PostgreSql server ->
          open(Dialect.POSTGRESQL, postgreSql(server, timeout), database, timeout);
    };
  }

  /// As [#open], with a file that cannot grow beyond so many pages of 4 KiB: a full disk.
  static JdbcAuditStore openBounded(AuditDatabase.File file, long maxPages)
      throws AuditStoreException {
    var configuration = sqlite(file, "; PRAGMA max_page_count = " + maxPages);
    return open(Dialect.SQLITE, configuration, file, Duration.ofSeconds(5));
  }

  private static HikariConfig sqlite(AuditDatabase.File file, String morePragmas) {
    var configuration = new HikariConfig();
    configuration.setJdbcUrl("jdbc:sqlite:" + file.path().toAbsolutePath());
    // A commit is on the disk when it returns (sqlite.org/pragma.html#pragma_synchronous).
    configuration.addDataSourceProperty("journal_mode", "WAL");
    configuration.addDataSourceProperty("synchronous", "FULL");
    configuration.addDataSourceProperty("busy_timeout", "5000");
    if (!morePragmas.isEmpty()) {
      configuration.setConnectionInitSql(morePragmas.substring(2));
    }
    return configuration;
  }

  private static HikariConfig postgreSql(AuditDatabase.PostgreSql server, Duration timeout) {
    var configuration = new HikariConfig();
    configuration.setJdbcUrl(server.jdbcUrl());
    server.user().ifPresent(configuration::setUsername);
    server.password().ifPresent(configuration::setPassword);
    configuration.addDataSourceProperty("ApplicationName", "forebay-audit");
    configuration.addDataSourceProperty("reWriteBatchedInserts", "true");
    String seconds = Long.toString(Math.max(1, timeout.toSeconds()));
    configuration.addDataSourceProperty("connectTimeout", seconds);
    configuration.addDataSourceProperty("socketTimeout", seconds);
    // Whatever the database's own default is: at least its own disk, before a commit returns.
    configuration.setConnectionInitSql("SET synchronous_commit = on");
    return configuration;
  }

  private static JdbcAuditStore open(
      Dialect dialect, HikariConfig configuration, AuditDatabase database, Duration timeout)
      throws AuditStoreException {
    configuration.setPoolName("audit");
    configuration.setMaximumPoolSize(4);
    configuration.setMinimumIdle(1);
    configuration.setAutoCommit(false);
    configuration.setConnectionTimeout(Math.max(250, timeout.toMillis()));
    configuration.setInitializationFailTimeout(Math.max(1, timeout.toMillis()));
    try {
      migrate(dialect, configuration);
      return new JdbcAuditStore(dialect, new HikariDataSource(configuration));
    } catch (RuntimeException e) {
      throw new AuditStoreException("cannot open " + database + ": " + e.getMessage(), e);
    }
  }

  /// With connections of its own: Flyway uses several at once, and commits as it goes.
  private static void migrate(Dialect dialect, HikariConfig configuration) {
    String folder =
        switch (dialect) {
          case SQLITE -> "sqlite";
          case POSTGRESQL -> "postgresql";
        };
    Flyway.configure(JdbcAuditStore.class.getClassLoader())
        .dataSource(
            configuration.getJdbcUrl(), configuration.getUsername(), configuration.getPassword())
        .locations("classpath:io/forebay/server/audit/" + folder)
        .table("forebay_audit_schema")
        // The database may hold tables of others.
        .baselineOnMigrate(true)
        .baselineVersion("0")
        .load()
        .migrate();
  }

  @Override
  public void write(Collection<AuditRow> rows) throws AuditStoreException {
    inTransaction(connection -> {
      try (PreparedStatement upsert = connection.prepareStatement(UPSERT)) {
        for (AuditRow row : rows) {
          bind(upsert, row);
          upsert.addBatch();
        }
        return upsert.executeBatch();
      }
    });
  }

  private void bind(PreparedStatement upsert, AuditRow row) throws SQLException {
    AuditEntry entry = row.entry();
    upsert.setString(1, row.id());
    switch (dialect) {
      case SQLITE -> upsert.setLong(2, ChronoUnit.MICROS.between(Instant.EPOCH, row.at()));
      case POSTGRESQL -> upsert.setObject(2, row.at().atOffset(ZoneOffset.UTC));
    }
    upsert.setString(3, entry.operation().text());
    upsert.setString(4, entry.principal());
    upsert.setString(5, entry.address());
    upsert.setString(6, entry.cache().orElse(null));
    upsert.setString(7, entry.scope().orElse(null));
    upsert.setString(8, entry.mode().orElse(null));
    upsert.setString(9, entry.reason().orElse(null));
    upsert.setString(10, entry.subject().orElse(null));
    upsert.setString(11, row.end().outcome().text());
    if (row.end().status().isPresent()) {
      upsert.setInt(12, row.end().status().getAsInt());
    } else {
      upsert.setNull(12, Types.INTEGER);
    }
    if (row.end().affected().isPresent()) {
      upsert.setLong(13, row.end().affected().getAsLong());
    } else {
      upsert.setNull(13, Types.BIGINT);
    }
  }

  @Override
  public AuditQuery.Page query(AuditQuery query) throws AuditStoreException {
    List<String> conditions = new ArrayList<>();
    List<String> values = new ArrayList<>();
    condition("id >= ?", query.since().map(RowIds::least), conditions, values);
    condition("id < ?", query.until().map(RowIds::least), conditions, values);
    condition("id < ?", query.before(), conditions, values);
    condition("principal = ?", query.principal(), conditions, values);
    condition("operation = ?", query.operation().map(AuditedOperation::text), conditions, values);
    condition("cache = ?", query.cache(), conditions, values);
    String where = conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions);
    String sql = "SELECT " + COLUMNS + " FROM forebay_audit" + where + " ORDER BY id DESC LIMIT ?";
    return inTransaction(connection -> {
      try (PreparedStatement select = connection.prepareStatement(sql)) {
        for (int i = 0; i < values.size(); i++) {
          select.setString(i + 1, values.get(i));
        }
        select.setInt(values.size() + 1, query.limit() + 1);
        try (ResultSet found = select.executeQuery()) {
          return page(found, query.limit());
        }
      }
    });
  }

  private static void condition(
      String sql, Optional<String> value, List<String> conditions, List<String> values) {
    value.ifPresent(present -> {
      conditions.add(sql);
      values.add(present);
    });
  }

  private AuditQuery.Page page(ResultSet found, int limit) throws SQLException {
    List<AuditRow> rows = new ArrayList<>();
    while (found.next()) {
      if (rows.size() == limit) {
        return new AuditQuery.Page(rows, Optional.of(rows.getLast().id()));
      }
      rows.add(row(found));
    }
    return new AuditQuery.Page(rows, Optional.empty());
  }

  private AuditRow row(ResultSet found) throws SQLException {
    Instant at =
        switch (dialect) {
          case SQLITE -> Instant.EPOCH.plus(found.getLong("at"), ChronoUnit.MICROS);
          case POSTGRESQL -> found.getObject("at", OffsetDateTime.class).toInstant();
        };
    AuditedOperation operation =
        AuditedOperation.named(found.getString("operation")).orElseThrow(() -> ofLaterVersion());
    AuditOutcome outcome =
        AuditOutcome.named(found.getString("outcome")).orElseThrow(() -> ofLaterVersion());
    var entry =
        new AuditEntry(
            operation,
            found.getString("principal"),
            found.getString("address"),
            text(found, "cache"),
            text(found, "scope"),
            text(found, "mode"),
            text(found, "reason"),
            text(found, "subject"));
    int status = found.getInt("status");
    OptionalInt answered = found.wasNull() ? OptionalInt.empty() : OptionalInt.of(status);
    long affected = found.getLong("affected");
    OptionalLong counted = found.wasNull() ? OptionalLong.empty() : OptionalLong.of(affected);
    var end = new AuditEnd(outcome, answered, counted);
    return new AuditRow(found.getString("id"), at, entry, end);
  }

  private static SQLException ofLaterVersion() {
    return new SQLException("the audit has rows that only a later version of Forebay knows");
  }

  private static Optional<String> text(ResultSet found, String column) throws SQLException {
    return Optional.ofNullable(found.getString(column));
  }

  @Override
  public int trim(Instant keepFrom, long maxRows, int atMost) throws AuditStoreException {
    return inTransaction(connection -> {
      String bound = RowIds.least(keepFrom);
      String newestBeyond = newestBeyond(connection, maxRows);
      if (newestBeyond != null && newestBeyond.compareTo(bound) > 0) {
        bound = newestBeyond;
      }
      try (PreparedStatement delete =
          connection.prepareStatement("DELETE FROM forebay_audit WHERE id IN (" + OLDEST + ")")) {
        delete.setString(1, bound);
        delete.setInt(2, atMost);
        return delete.executeUpdate();
      }
    });
  }

  /// The oldest row that may stay because of the number of rows; null if all may.
  private static @Nullable String newestBeyond(Connection connection, long maxRows)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT id FROM forebay_audit ORDER BY id DESC LIMIT 1 OFFSET ?")) {
      select.setLong(1, maxRows - 1);
      try (ResultSet found = select.executeQuery()) {
        return found.next() ? found.getString(1) : null;
      }
    }
  }

  /// Work on a connection.
  private interface Work<T> {
    T on(Connection connection) throws SQLException;
  }

  private <T> T inTransaction(Work<T> work) throws AuditStoreException {
    try (Connection connection = pool.getConnection()) {
      try {
        T result = work.on(connection);
        connection.commit();
        return result;
      } catch (SQLException | RuntimeException e) {
        rollBack(connection, e);
        throw e;
      }
    } catch (SQLException e) {
      throw new AuditStoreException(String.valueOf(e.getMessage()), e);
    }
  }

  /// SQLite has rolled back by itself when its disk is full, and then the driver no longer knows
  /// where it stands: such a connection is not used again.
  private void rollBack(Connection connection, Exception because) {
    try {
      connection.rollback();
    } catch (SQLException e) {
      because.addSuppressed(e);
      pool.evictConnection(connection);
    }
  }

  @Override
  public void close() {
    pool.close();
  }
}
