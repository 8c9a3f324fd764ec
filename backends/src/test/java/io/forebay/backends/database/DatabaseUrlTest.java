package io.forebay.backends.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseUrlTest {

  @Test
  void userPasswordAndParametersOfPostgresAreUnderstood() {
    assertThat(DatabaseUrl.parse("postgres://me:p%40ss+w@db.example:5433/shop?sslmode=require"))
        .contains(
            new DatabaseUrl.PostgreSql(
                "jdbc:postgresql://db.example:5433/shop?sslmode=require",
                Optional.of("me"),
                Optional.of("p@ss+w")));
  }

  @ParameterizedTest
  @CsvSource({
    "postgresql://db/shop, postgresql://db/shop",
    "jdbc:postgresql://db/shop?user=x, postgresql://db/shop",
    "postgres://me:secret@db/shop?password=secret, postgresql://db/shop",
  })
  void urlsAreShownWithoutWhatIsSecret(String url, String shown) {
    assertThat(DatabaseUrl.parse(url).orElseThrow()).hasToString(shown);
  }

  @ParameterizedTest
  @CsvSource({
    "sqlite:tier.db, tier.db",
    "sqlite:/var/lib/tier.db, /var/lib/tier.db",
    "sqlite:///var/lib/tier.db, /var/lib/tier.db",
    "jdbc:sqlite:data/tier.db, data/tier.db",
  })
  void filesOfSqliteAreUnderstood(String url, String path) {
    assertThat(DatabaseUrl.parse(url)).contains(new DatabaseUrl.Sqlite(Path.of(path)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "mysql://db/shop",
        "postgres://db",
        "postgres://db/",
        "postgres:///shop",
        "postgres://db/shop#x",
        "postgres://a b/shop",
        "sqlite:",
        "sqlite::memory:",
        "sqlite://host/file"
      })
  void whatIsNoneIsRefused(String text) {
    assertThat(DatabaseUrl.parse(text)).isEmpty();
  }
}
