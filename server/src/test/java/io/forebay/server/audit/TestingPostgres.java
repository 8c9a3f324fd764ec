package io.forebay.server.audit;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// A real PostgreSQL that writes to the disk as one in production does; started once for all tests
/// of a JVM, ended with it. Each test gets a database of its own.
public final class TestingPostgres {

  private static final AtomicInteger DATABASES = new AtomicInteger();
  private static @Nullable EmbeddedPostgres server;

  private TestingPostgres() {}

  /// The URL of a new, empty database, with user and password.
  public static synchronized String newDatabase() {
    try {
      EmbeddedPostgres running = server == null ? start() : server;
      String name = "audit_" + DATABASES.incrementAndGet();
      try (Connection connection = running.getPostgresDatabase().getConnection();
          Statement statement = connection.createStatement()) {
        statement.execute("CREATE DATABASE " + name);
      }
      return "postgres://postgres:any%20word@127.0.0.1:" + running.getPort() + "/" + name;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static EmbeddedPostgres start() throws IOException {
    EmbeddedPostgres started =
        EmbeddedPostgres.builder()
            .setServerConfig("fsync", "on")
            .setServerConfig("synchronous_commit", "off") // as a careless operator would
            .start();
    server = started;
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(() -> {
              try {
                started.close();
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            }));
    return started;
  }
}
