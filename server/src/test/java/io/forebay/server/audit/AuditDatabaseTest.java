package io.forebay.server.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.server.audit.AuditDatabase.PostgreSql;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AuditDatabaseTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "postgres://ann:secret@db:5433/audit | jdbc:postgresql://db:5433/audit | ann | secret",
        "postgresql://ann@db/audit           | jdbc:postgresql://db/audit      | ann | -",
        "jdbc:postgresql://db/audit          | jdbc:postgresql://db/audit      | -   | -",
        "postgres://a%40b:p%3Aw%2B+@[::1]/x  | jdbc:postgresql://[::1]/x       | a@b | p:w++",
        "postgres://db/x?sslmode=require     | jdbc:postgresql://db/x?sslmode=require | - | -",
      })
  void theUsualFormsAreUnderstood(String text, String jdbcUrl, String user, String password) {
    assertThat(AuditDatabase.parse(text))
        .contains(
            new PostgreSql(jdbcUrl, Optional.ofNullable(user), Optional.ofNullable(password)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "db",
        "mysql://db/audit",
        "postgres://db",
        "postgres://db/",
        "postgres:///audit",
        "postgres://ann:%zz@db/audit",
        "postgres://a b/audit",
        "jdbc:sqlite:audit.db"
      })
  void othersAreRefused(String text) {
    assertThat(AuditDatabase.parse(text)).isEmpty();
  }

  @Test
  void asTextItHoldsNoPassword() {
    assertThat(AuditDatabase.parse("postgres://ann:geheim@db/audit?password=geheim"))
        .get()
        .asString()
        .contains("db/audit")
        .doesNotContain("geheim");
  }
}
