package io.forebay.backends.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StatementsTest {

  private static final String ECHO = "SELECT ?";

  private static Integer echo(PreparedStatement statement, int number) throws SQLException {
    statement.setInt(1, number);
    try (ResultSet found = statement.executeQuery()) {
      found.next();
      return found.getInt(1);
    }
  }

  @Test
  void aStatementIsPreparedOnceUntilItFails() throws SQLException {
    List<PreparedStatement> seen = new ArrayList<>();
    try (Statements statements =
        new Statements(DriverManager.getConnection("jdbc:sqlite::memory:"))) {
      for (int i = 0; i < 2; i++) {
        int number = i;
        assertThat(
                statements.<Integer>use(
                    ECHO,
                    statement -> {
                      seen.add(statement);
                      return echo(statement, number);
                    }))
            .isEqualTo(i);
      }
      assertThat(seen.get(1)).isSameAs(seen.get(0));
      assertThatExceptionOfType(SQLException.class)
          .isThrownBy(() ->
              statements.use(
                  ECHO,
                  _ -> {
                    throw new SQLException("broken");
                  }));
      assertThat(seen.getFirst().isClosed()).isTrue();
      assertThat(statements.<Integer>use(ECHO, statement -> echo(statement, 7))).isEqualTo(7);
    }
  }

  /// A value may be as large as the memory for it.
  @Test
  void nothingOfAUseIsKept() throws SQLException {
    try (Statements statements =
        new Statements(DriverManager.getConnection("jdbc:sqlite::memory:"))) {
      statements.use(ECHO, statement -> echo(statement, 7));
      String left =
          statements.use(
              ECHO,
              statement -> {
                try (ResultSet found = statement.executeQuery()) {
                  found.next();
                  return String.valueOf(found.getString(1));
                }
              });
      assertThat(left).isEqualTo("null");
    }
  }
}
