package io.forebay.benchmarks.tiers;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.forebay.backends.database.DatabaseSettings;
import io.forebay.backends.database.DatabaseTier;
import io.forebay.backends.database.DatabaseUrl;
import io.forebay.backends.file.FileTier;
import io.forebay.backends.file.FileTierSettings;
import io.forebay.backends.memcached.MemcachedServers;
import io.forebay.backends.memcached.MemcachedSettings;
import io.forebay.backends.memcached.MemcachedTier;
import io.forebay.backends.redis.RedisServer;
import io.forebay.backends.redis.RedisSettings;
import io.forebay.backends.redis.RedisTier;
import io.forebay.cache.tier.Tier;
import io.forebay.cache.tier.TierObserver;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/// A tier, and the client that it stands on doing the same reads.
///
/// @param readers callers at a time
/// @param raw stores `value` under `keys` names and gives what reads them
record Contender(String name, Tier tier, int readers, Preparing raw) {

  private static final Duration LONG = Duration.ofSeconds(20);

  /// What the raw client needs before it reads.
  interface Preparing {
    Load.Deed prepare(int keys, byte[] value) throws Exception;
  }

  private static Tier connected(Tier tier, Optional<String> trouble) {
    if (trouble.isPresent()) {
      throw new IllegalStateException(trouble.get());
    }
    return tier;
  }

  private static byte[] name(int number) {
    return ("raw" + number).getBytes(StandardCharsets.UTF_8);
  }

  /// Lettuce, one connection, as the tier has.
  static Contender redis(String url) throws InterruptedException {
    RedisTier tier =
        RedisTier.open(
            RedisSettings.of(RedisServer.parse(url).orElseThrow(), "bench").withDeadline(LONG),
            TierObserver.NONE);
    RedisClient client = RedisClient.create(RedisURI.create(url));
    return new Contender(
        "redis",
        connected(tier, tier.awaitConnection(LONG)),
        32,
        (keys, value) -> {
          RedisAsyncCommands<byte[], byte[]> commands =
              client.connect(ByteArrayCodec.INSTANCE).async();
          for (int i = 0; i < keys; i++) {
            var _ = commands.set(name(i), value).get();
          }
          return number -> present(commands.get(name(number % keys)).get());
        });
  }

  private static void present(byte @Nullable [] found) {
    if (found == null) {
      throw new IllegalStateException("not found");
    }
  }

  /// Eight sockets, one question after the other on each, as usual clients do.
  static Contender memcached(String url) throws InterruptedException {
    MemcachedTier tier =
        MemcachedTier.open(
            MemcachedSettings.of(MemcachedServers.parse(url).orElseThrow(), "bench")
                .withDeadline(LONG),
            TierObserver.NONE);
    String[] address = url.substring("memcached://".length()).split(":", -1);
    return new Contender(
        "memcached",
        connected(tier, tier.awaitConnection(LONG)),
        32,
        (keys, value) -> {
          BlockingQueue<RawMemcached> sockets = new LinkedBlockingQueue<>();
          for (int i = 0; i < 8; i++) {
            var _ =
                sockets.add(new RawMemcached(new Socket(address[0], Integer.parseInt(address[1]))));
          }
          RawMemcached one = sockets.take();
          for (int i = 0; i < keys; i++) {
            one.set("raw" + i, value);
          }
          var _ = sockets.add(one);
          return number -> {
            RawMemcached socket = sockets.take();
            try {
              present(socket.get("raw" + number % keys));
            } finally {
              var _ = sockets.add(socket);
            }
          };
        });
  }

  private static final class RawMemcached {
    private final Socket socket;
    private final InputStream in;

    RawMemcached(Socket socket) throws IOException {
      socket.setTcpNoDelay(true);
      this.socket = socket;
      this.in = new BufferedInputStream(socket.getInputStream(), 1 << 14);
    }

    void set(String key, byte[] value) throws IOException {
      byte[] head = ("ms " + key + " " + value.length + "\r\n").getBytes(StandardCharsets.US_ASCII);
      byte[] all =
          ByteBuffer.allocate(head.length + value.length + 2)
              .put(head)
              .put(value)
              .put("\r\n".getBytes(StandardCharsets.US_ASCII))
              .array();
      socket.getOutputStream().write(all);
      var _ = line();
    }

    byte[] get(String key) throws IOException {
      socket.getOutputStream().write(("mg " + key + " v\r\n").getBytes(StandardCharsets.US_ASCII));
      String line = line();
      byte[] value = in.readNBytes(Integer.parseInt(line.split(" ", -1)[1]));
      var _ = line();
      return value;
    }

    private String line() throws IOException {
      StringBuilder line = new StringBuilder();
      for (int next = in.read(); next != '\n'; next = in.read()) {
        if (next != '\r') {
          line.append((char) next);
        }
      }
      return line.toString();
    }
  }

  private static DatabaseTier database(String url) throws InterruptedException {
    DatabaseTier tier =
        DatabaseTier.open(
            DatabaseSettings.of(DatabaseUrl.parse(url).orElseThrow(), "bench").withDeadline(LONG),
            TierObserver.NONE);
    var _ = connected(tier, tier.awaitConnection(LONG));
    return tier;
  }

  /// The driver with a pool of as many connections as the tier has.
  static Contender postgres(String url) throws InterruptedException {
    return new Contender(
        "postgresql",
        database(url),
        32,
        (keys, value) -> {
          HikariConfig configuration = new HikariConfig();
          configuration.setJdbcUrl("jdbc:postgresql" + url.substring(url.indexOf("://")));
          configuration.setMaximumPoolSize(DatabaseSettings.DEFAULT_CONNECTIONS);
          HikariDataSource pool = new HikariDataSource(configuration);
          try (Connection connection = pool.getConnection();
              Statement statement = connection.createStatement()) {
            var _ =
                statement.execute(
                    "CREATE TABLE IF NOT EXISTS raw (k BYTEA PRIMARY KEY, v BYTEA NOT NULL)");
            fill(connection, keys, value, "INSERT INTO raw VALUES (?, ?) ON CONFLICT DO NOTHING");
          }
          return number -> {
            try (Connection connection = pool.getConnection()) {
              present(select(connection, name(number % keys)));
            }
          };
        });
  }

  /// The driver with as many reading connections as the tier has.
  static Contender sqlite(Path folder) throws InterruptedException {
    return new Contender(
        "sqlite",
        database("sqlite:" + folder.resolve("tier.db")),
        8,
        (keys, value) -> {
          BlockingQueue<Connection> connections = new LinkedBlockingQueue<>();
          for (int i = 0; i < 3; i++) {
            var _ =
                connections.add(DriverManager.getConnection("jdbc:sqlite:" + folder + "/raw.db"));
          }
          Connection one = connections.take();
          try (Statement statement = one.createStatement()) {
            var _ = statement.execute("PRAGMA journal_mode = WAL");
            var _ = statement.execute("CREATE TABLE raw (k BLOB PRIMARY KEY, v BLOB NOT NULL)");
          }
          one.setAutoCommit(false);
          fill(one, keys, value, "INSERT INTO raw VALUES (?, ?)");
          one.commit();
          one.setAutoCommit(true);
          var _ = connections.add(one);
          return number -> {
            Connection connection = connections.take();
            try {
              present(select(connection, name(number % keys)));
            } finally {
              var _ = connections.add(connection);
            }
          };
        });
  }

  private static void fill(Connection connection, int keys, byte[] value, String sql)
      throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(sql)) {
      for (int i = 0; i < keys; i++) {
        insert.setBytes(1, name(i));
        insert.setBytes(2, value);
        var _ = insert.executeUpdate();
      }
    }
  }

  private static byte @Nullable [] select(Connection connection, byte[] name) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement("SELECT v FROM raw WHERE k = ?")) {
      select.setBytes(1, name);
      try (ResultSet found = select.executeQuery()) {
        return found.next() ? found.getBytes(1) : null;
      }
    }
  }

  /// Bytes at known places of one file.
  static Contender file(Path folder) throws IOException {
    FileTier tier =
        FileTier.open(
            FileTierSettings.of(folder.resolve("tier")).withDeadline(LONG), TierObserver.NONE);
    return new Contender(
        "file",
        tier,
        4,
        (keys, value) -> {
          Path raw = folder.resolve("raw");
          for (int i = 0; i < keys; i++) {
            Files.write(raw, value, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
          }
          FileChannel channel = FileChannel.open(raw, StandardOpenOption.READ);
          return number -> {
            ByteBuffer into = ByteBuffer.allocate(value.length);
            if (channel.read(into, (long) number % keys * value.length) != value.length) {
              throw new IllegalStateException("cut short");
            }
          };
        });
  }
}
