package io.forebay.backends.database;

import com.zaxxer.hikari.HikariConfig;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;

/// Makes the tables, and changes them with later versions, once each.
final class Migrations {

  private Migrations() {}

  /// With connections of its own: Flyway uses several at once, and commits as it goes.
  ///
  /// @param folder of scripts, beside this class
  static void run(HikariConfig configuration, String folder) {
    run(
        configuration.getJdbcUrl(),
        configuration.getUsername(),
        configuration.getPassword(),
        folder);
  }

  static void run(String jdbcUrl, @Nullable String user, @Nullable String password, String folder) {
    Flyway.configure(Migrations.class.getClassLoader())
        .dataSource(jdbcUrl, user, password)
        .locations("classpath:io/forebay/backends/database/" + folder)
        .table("forebay_slots_schema")
        // The database may hold tables of others.
        .baselineOnMigrate(true)
        .baselineVersion("0")
        .load()
        .migrate();
  }
}
