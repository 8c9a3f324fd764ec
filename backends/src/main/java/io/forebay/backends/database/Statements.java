package io.forebay.backends.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/// A connection's prepared statements, each prepared once: for SQLite that costs as much as a read.
///
/// For one thread at a time. A statement that fails is prepared again the next time.
final class Statements implements AutoCloseable {

  private final Connection connection;
  private final Map<String, PreparedStatement> prepared = new HashMap<>();

  Statements(Connection connection) {
    this.connection = connection;
  }

  /// What is done with a statement; result sets that it gives have to be closed meanwhile.
  interface Use<T> {
    T of(PreparedStatement statement) throws SQLException;
  }

  <T> T use(String sql, Use<T> use) throws SQLException {
    PreparedStatement statement = prepared.remove(sql);
    if (statement == null) {
      statement = connection.prepareStatement(sql);
    }
    try {
      T result = use.of(statement);
      statement.clearParameters(); // a value may be large
      prepared.put(sql, statement);
      return result;
    } catch (SQLException | RuntimeException | Error e) {
      statement.close();
      throw e;
    }
  }

  void commit() throws SQLException {
    connection.commit();
  }

  void rollBack() throws SQLException {
    connection.rollback();
  }

  /// Closes the connection too.
  @Override
  public void close() throws SQLException {
    try (connection) {
      for (PreparedStatement statement : prepared.values()) {
        statement.close();
      }
    } finally {
      prepared.clear();
    }
  }
}
