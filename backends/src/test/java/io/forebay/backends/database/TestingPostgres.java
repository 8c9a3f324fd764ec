package io.forebay.backends.database;

import io.forebay.cache.testing.ServerProcess;
import io.forebay.cache.testing.TierStorm;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A real PostgreSQL of the test's own that writes to the disk as one in production does, and can
/// be stopped in every way.
public final class TestingPostgres implements TierStorm.Server, AutoCloseable {

  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final Path folder;
  private int port;
  private @Nullable EmbeddedPostgres server;

  private TestingPostgres(Path folder) {
    this.folder = folder;
  }

  public static TestingPostgres run() {
    try {
      TestingPostgres postgres = new TestingPostgres(Files.createTempDirectory("forebay-postgres"));
      postgres.start();
      return postgres;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Starts it again, with what is on its disk; returns when it answers.
  @Override
  public void start() {
    try {
      if (server != null) {
        server.close(); // it has a lock, though its process is gone
      }
      EmbeddedPostgres.Builder builder =
          EmbeddedPostgres.builder()
              .setDataDirectory(folder.resolve("data"))
              .setOverrideWorkingDirectory(
                  Path.of(System.getProperty("java.io.tmpdir"), "embedded-pg").toFile())
              .setCleanDataDirectory(false)
              .setPGStartupWait(PATIENCE)
              .setServerConfig("fsync", "on")
              .setServerConfig("max_connections", "50")
              .setServerConfig("synchronous_commit", "off"); // as a careless operator would
      EmbeddedPostgres started = (port == 0 ? builder : builder.setPort(port)).start();
      port = started.getPort();
      server = started;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public String url() {
    return "postgres://postgres:any%20word@127.0.0.1:" + port + "/postgres?sslmode=disable";
  }

  /// Asks for one text.
  public String ask(String sql) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:"
                    + port
                    + "/postgres?options=-c%20default_transaction_read_only=off",
                "postgres",
                "");
        Statement statement = connection.createStatement()) {
      if (!statement.execute(sql)) {
        return "";
      }
      try (ResultSet found = statement.getResultSet()) {
        return found.next() ? String.valueOf(found.getString(1)) : "";
      }
    }
  }

  /// From now on this user is asked for a password.
  void wantPasswordOf(String user) throws SQLException {
    try {
      Path rules = folder.resolve("data/pg_hba.conf");
      String rule = "host all " + user + " 127.0.0.1/32 scram-sha-256\n";
      Files.writeString(rules, rule + Files.readString(rules));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    ask("SELECT pg_reload_conf()");
  }

  private long pid() throws IOException {
    return Long.parseLong(Files.readAllLines(folder.resolve("data/postmaster.pid")).getFirst());
  }

  /// The server's processes, the first one first.
  private List<ProcessHandle> processes() throws IOException {
    return ProcessHandle.of(pid()).stream()
        .flatMap(first -> Stream.concat(Stream.of(first), first.descendants()))
        .toList();
  }

  /// kill -9 of all its processes.
  @Override
  public void kill() {
    try {
      List<ProcessHandle> all = processes();
      all.forEach(ProcessHandle::destroyForcibly);
      for (ProcessHandle one : all) {
        one.onExit().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      }
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /// SIGSTOP of all its processes.
  @Override
  public void hang() {
    signal("STOP");
  }

  @Override
  public void resume() {
    signal("CONT");
  }

  private void signal(String name) {
    try {
      for (ProcessHandle process : processes()) {
        ServerProcess.signal(name, process.pid());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      if (server != null) {
        server.close();
      }
      if (Files.exists(folder.resolve("data/postmaster.pid"))) {
        kill();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
