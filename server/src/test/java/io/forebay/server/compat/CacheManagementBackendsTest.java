package io.forebay.server.compat;

import static io.forebay.server.compat.CompatServer.json;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.cache.testing.TestingMemcached;
import io.forebay.cache.testing.TestingRedis;
import io.forebay.server.TestingServer;
import io.forebay.server.audit.TestingPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// The Cache Management API's backends, set up by the names that its text prints, for real.
class CacheManagementBackendsTest {

  private static final String SECRET = "a word that nobody is to find";

  @TempDir private Path folder;

  private String yaml() {
    return CompatServer.ALL
        + """
        data: {dir: %s}
        redis: {deadline: 10s}
        memcached: {deadline: 10s}
        database: {deadline: 10s, connect_timeout: 10s}
        file: {deadline: 10s}
        """
            .formatted(folder.resolve("data"));
  }

  private String sqlite() {
    return "sqlite:///" + folder.resolve("cache.db");
  }

  private static JsonNode set(TestingServer server, String backend, String key, String value) {
    var answer =
        server.send(
            "POST",
            "/api/cache/set",
            "{\"key\": \"%s\", \"value\": \"%s\", \"backend\": \"%s\"}"
                .formatted(key, value, backend));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return json(answer);
  }

  private static String got(TestingServer server, String backend, String key) {
    var answer = json(server.get("/api/cache/get/" + key + "?backend=" + backend));
    return answer.get("found").asBoolean()
        ? answer.get("cache_item").get("value").asString()
        : "nothing";
  }

  @Test
  void aRequestChoosesAmongAllBackendsAtOnceAndWhatLiesOutsideMemorySurvives() {
    List<String> outside = List.of("redis", "memcached", "database");
    try (TestingRedis redis = TestingRedis.inMemory();
        TestingMemcached memcached = TestingMemcached.run()) {
      Map<String, String> names =
          Map.of(
              "CACHE_BACKEND", "memory",
              "REDIS_URL", redis.url(),
              "MEMCACHED_URL", memcached.url(),
              "DATABASE_URL", sqlite());
      try (TestingServer first = TestingServer.start(yaml(), names)) {
        for (String backend : Stream.concat(Stream.of("memory"), outside.stream()).toList()) {
          assertThat(got(first, backend, "k")).isEqualTo("nothing");
          assertThat(set(first, backend, "k", "in " + backend).get("backend").asString())
              .isEqualTo(backend);
          set(first, backend, "deleted", "x");
          set(first, backend, "cleared:1", "x");
          first.send("DELETE", "/api/cache/delete/deleted?backend=" + backend, "");
          first.send("POST", "/api/cache/clear?pattern=cleared:*&backend=" + backend, "");
          assertThat(json(first.get("/api/cache/stats?backend=" + backend)).get("backend"))
              .isNotNull();
        }
        for (String backend : outside) {
          assertThat(got(first, backend, "k")).isEqualTo("in " + backend);
        }
        assertThat(got(first, "memory", "k")).isEqualTo("in memory");
      }
      try (TestingServer second = TestingServer.start(yaml(), names)) {
        for (String backend : outside) {
          assertThat(got(second, backend, "k")).isEqualTo("in " + backend);
          assertThat(got(second, backend, "deleted")).isEqualTo("nothing");
          assertThat(got(second, backend, "cleared:1")).isEqualTo("nothing");
        }
        assertThat(got(second, "memory", "k")).isEqualTo("nothing");
        assertThat(second.get("/api/cache/get/k?backend=file").statusCode()).isEqualTo(409);
        assertThat(json(second.get("/api/cache/get/k?backend=file")).get("detail").asString())
            .contains("file.folder");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"redis", "memcached", "sqlite", "postgresql", "file"})
  void oneOfThemIsWhatLiesBehindEveryKey(String kind) {
    Map<String, String> names = new HashMap<>();
    String backend =
        switch (kind) {
          case "sqlite", "postgresql" -> "database";
          default -> kind;
        };
    names.put("CACHE_BACKEND", backend);
    try (TestingRedis redis = TestingRedis.inMemory();
        TestingMemcached memcached = TestingMemcached.run()) {
      switch (kind) {
        case "redis" -> names.put("REDIS_URL", redis.url());
        case "memcached" -> names.put("MEMCACHED_URL", memcached.url());
        case "sqlite" -> names.put("DATABASE_URL", sqlite());
        case "postgresql" -> names.put("DATABASE_URL", TestingPostgres.newDatabase());
        default -> {}
      }
      try (TestingServer first = TestingServer.start(yaml(), names)) {
        set(first, "memory", "k", "v");
        assertThat(got(first, backend, "k")).as("the same cache").isEqualTo("v");
        assertThat(json(first.get("/api/cache/config")).get("backend").asString())
            .isEqualTo(backend);
      }
      try (TestingServer second = TestingServer.start(yaml(), names)) {
        assertThat(got(second, "memory", "k")).isEqualTo("v");
      }
    }
  }

  // ---- compression and encryption

  private Map<String, String> packed(boolean compression, boolean encryption) {
    return Map.of(
        "DATABASE_URL", sqlite(),
        "CACHE_COMPRESSION_ENABLED", Boolean.toString(compression),
        "CACHE_ENCRYPTION_ENABLED", Boolean.toString(encryption));
  }

  private int storedBytes() throws SQLException {
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("cache.db"));
        var rows =
            connection
                .createStatement()
                .executeQuery("SELECT sum(length(value)) FROM forebay_slots")) {
      return rows.getInt(1);
    }
  }

  private boolean isReadable() throws IOException {
    for (String file : List.of("cache.db", "cache.db-wal")) {
      Path path = folder.resolve(file);
      if (Files.exists(path) && Files.readString(path, ISO_8859_1).contains(SECRET)) {
        return true;
      }
    }
    return false;
  }

  @Test
  void compressionShrinksWhatIsStored() throws SQLException {
    String large = "compress me, ".repeat(2_000);
    try (TestingServer server = TestingServer.start(yaml(), packed(false, false))) {
      set(server, "database", "k", large);
      assertThat(storedBytes()).isGreaterThan(large.length());
    }
    try (TestingServer server = TestingServer.start(yaml(), packed(true, false))) {
      assertThat(got(server, "database", "k")).as("of before").isEqualTo(large);
      set(server, "database", "k", large);
      assertThat(storedBytes()).isLessThan(large.length() / 10);
      assertThat(got(server, "database", "k")).isEqualTo(large);
      var config = json(server.get("/api/cache/config"));
      assertThat(config.get("compression_enabled").asBoolean()).isTrue();
      assertThat(config.get("encryption_enabled").asBoolean()).isFalse();
      assertThat(server.send("POST", "/api/cache/config", "{\"compression_enabled\": true}"))
          .returns(200, answer -> answer.statusCode());
      var refused = server.send("POST", "/api/cache/config", "{\"compression_enabled\": false}");
      assertThat(refused.statusCode()).isEqualTo(409);
      assertThat(refused.body()).contains("CACHE_COMPRESSION_ENABLED");
    }
  }

  @Test
  void encryptionHidesWhatIsStoredByAKeyThatStays() throws IOException {
    try (TestingServer server = TestingServer.start(yaml(), packed(false, false))) {
      set(server, "database", "plain", SECRET);
      assertThat(isReadable()).isTrue();
    }
    Files.delete(folder.resolve("cache.db"));
    Files.deleteIfExists(folder.resolve("cache.db-wal"));
    Files.deleteIfExists(folder.resolve("cache.db-shm"));
    try (TestingServer server = TestingServer.start(yaml(), packed(true, true))) {
      set(server, "database", "k", SECRET);
      assertThat(got(server, "database", "k")).isEqualTo(SECRET);
      assertThat(json(server.get("/api/cache/config")).get("encryption_enabled").asBoolean())
          .isTrue();
    }
    assertThat(isReadable()).isFalse();
    Path keys = folder.resolve("data/encryption-keys");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(keys)))
        .isEqualTo("rw-------");
    try (TestingServer server = TestingServer.start(yaml(), packed(true, true))) {
      assertThat(got(server, "database", "k")).isEqualTo(SECRET);
    }
    Files.delete(keys);
    try (TestingServer server = TestingServer.start(yaml(), packed(true, true))) {
      assertThat(got(server, "database", "k")).isEqualTo("nothing");
    }
  }
}
