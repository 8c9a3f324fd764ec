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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
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

  /// The process that has begun the others; empty if it does not run.
  private Optional<ProcessHandle> first() throws IOException {
    Path file = folder.resolve("data/postmaster.pid");
    return Files.exists(file)
        ? ProcessHandle.of(Long.parseLong(Files.readAllLines(file).getFirst()))
        : Optional.empty();
  }

  /// kill -9 of all its processes.
  @Override
  public void kill() {
    try {
      List<ProcessHandle> all = signal("STOP"); // so that it begins no other meanwhile
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
    var _ = signal("STOP");
  }

  @Override
  public void resume() {
    var _ = signal("CONT");
  }

  /// The first process gets the signal first: one that is stopped begins no others.
  ///
  /// @return all of them
  private List<ProcessHandle> signal(String name) {
    try {
      List<ProcessHandle> signalled = new ArrayList<>();
      Optional<ProcessHandle> first = first();
      List<ProcessHandle> next = first.stream().toList();
      while (!next.isEmpty()) {
        for (ProcessHandle process : next) {
          send(name, process);
        }
        signalled.addAll(next);
        next =
            first.stream()
                .flatMap(ProcessHandle::descendants)
                .filter(process -> !signalled.contains(process))
                .toList();
      }
      return signalled;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void send(String name, ProcessHandle process) {
    try {
      ServerProcess.signal(name, process.pid());
    } catch (IllegalStateException e) {
      if (process.isAlive()) {
        throw e;
      } // else it has ended meanwhile, as some do
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
