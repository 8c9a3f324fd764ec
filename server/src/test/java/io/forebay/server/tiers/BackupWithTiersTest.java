package io.forebay.server.tiers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.cache.testing.Opened;
import io.forebay.cache.testing.TestingMemcached;
import io.forebay.cache.testing.TestingRedis;
import io.forebay.server.TestingServer;
import io.forebay.server.api.Json;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/// Backups of caches with real tiers, and of caches that change while they are restored.
class BackupWithTiersTest {

  private static final String ENTRIES = "/v1/caches/default/entries/";

  @AutoClose private final Opened opened = new Opened();

  @TempDir private Path folder;

  /// What lies behind the cache. Each server that is started has one of its own, and all of them
  /// the same log: as after a loss of the tier.
  enum Kind {
    FILE,
    SQLITE,
    MEMCACHED,
    REDIS
  }

  private String settings(Kind kind, String writeMode) {
    String where =
        switch (kind) {
          case FILE -> "file: {folder: " + folder.resolve("files" + opened.size()) + "}";
          case SQLITE ->
              "database: {url: \"sqlite:" + folder.resolve(opened.size() + "/t.db") + "\"}";
          case MEMCACHED ->
              "memcached: {url: \"" + opened.add(TestingMemcached.run()).url() + "\"}";
          case REDIS -> "redis: {url: \"" + opened.add(TestingRedis.inMemory()).url() + "\"}";
        };
    String tier =
        switch (kind) {
          case FILE -> "file";
          case SQLITE -> "database";
          case MEMCACHED -> "memcached";
          case REDIS -> "redis";
        };
    opened.add(() -> {});
    return """
    log: {exchanges: off}
    data: {dir: %s}
    entries: {tier: %s, write_mode: %s}
    invalidation: {log: file}
    tiers: {warm_keys: 0}
    %s
    """
        .formatted(folder.resolve("data"), tier, writeMode, deadlines(where));
  }

  private static String deadlines(String where) {
    return where.startsWith("file")
        ? where.replace("}", ", deadline: 10s}")
        : where.replace("\"}", "\", deadline: 10s, connect_timeout: 10s}");
  }

  private static void put(TestingServer server, String key, String tag) {
    assertThat(
            server
                .send("PUT", ENTRIES + key, "v", "Cache-Tag", tag, "Cache-Control", "max-age=3600")
                .statusCode())
        .isBetween(201, 204);
  }

  private static void invalidate(TestingServer server, String scope, String value) {
    HttpResponse<String> answer =
        server.send(
            "POST",
            "/v1/invalidations",
            "{\"operations\":[{\"scope\":\"" + scope + "\",\"values\":[\"" + value + "\"]}]}");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
  }

  private static JsonNode restore(TestingServer server, String backup, String query) {
    HttpResponse<String> answer = server.send("POST", "/v1/import" + query, backup);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return Json.tree(answer.body().getBytes(UTF_8)).orElseThrow();
  }

  private static boolean isThere(TestingServer server, String key) {
    return server.get(ENTRIES + key).statusCode() == 200;
  }

  @ParameterizedTest
  @EnumSource
  void afterALossOfTheTierEverythingComesBackButWhatWasInvalidated(Kind kind) {
    String backup;
    try (var first = TestingServer.start(settings(kind, "write_through"))) {
      for (String key : List.of("kept", "deleted", "by-key", "by-prefix:1")) {
        put(first, key, "t");
      }
      put(first, "by-tag", "gone");
      backup = first.get("/v1/export").body();
      assertThat(first.send("DELETE", ENTRIES + "deleted", "").statusCode()).isEqualTo(204);
      invalidate(first, "keys", "by-key");
      invalidate(first, "tags", "gone");
      invalidate(first, "prefixes", "by-prefix");
      JsonNode report = restore(first, backup, "");
      assertThat(report.get("kept").asInt()).isEqualTo(1);
      assertThat(report.get("invalidated").asInt()).isEqualTo(4);
    }
    String later = settings(kind, "write_through");
    try (var second = TestingServer.start(later)) {
      assertThat(isThere(second, "kept")).isFalse();
      JsonNode report = restore(second, backup, "");
      assertThat(report.get("restored").asInt()).isEqualTo(1);
      assertThat(report.get("invalidated").asInt()).isEqualTo(4);
      assertThat(restore(second, backup, "").get("kept").asInt()).isEqualTo(1);
    }
    try (var third = TestingServer.start(later)) {
      assertThat(isThere(third, "kept")).isEqualTo(true);
      assertThat(isThere(third, "deleted")).isFalse();
      JsonNode insisted = restore(third, backup, "?even_invalidated=true");
      assertThat(insisted.get("restored").asInt()).isEqualTo(4);
      for (String key : List.of("deleted", "by-key", "by-prefix:1", "by-tag")) {
        assertThat(isThere(third, key)).as(key).isTrue();
      }
      invalidate(third, "tags", "gone");
      assertThat(isThere(third, "by-tag")).isFalse();
      assertThat(isThere(third, "by-key")).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = io.forebay.cache.tier.WriteMode.class,
      names = {"WRITE_AROUND", "WRITE_BEHIND"})
  void inEveryWriteModeWhatIsRestoredIsInTheTier(io.forebay.cache.tier.WriteMode mode) {
    String text = mode.name().toLowerCase(java.util.Locale.ROOT);
    String backup;
    try (var first = TestingServer.start(settings(Kind.FILE, text))) {
      put(first, "k", "t");
      assertThat(isThere(first, "k")).isTrue(); // and so a copy is in memory
      backup = first.get("/v1/export").body();
    }
    String later = settings(Kind.FILE, text);
    try (var second = TestingServer.start(later)) {
      assertThat(restore(second, backup, "").get("restored").asInt()).isEqualTo(1);
      assertThat(isThere(second, "k")).isTrue();
    }
    try (var third = TestingServer.start(later)) {
      assertThat(isThere(third, "k")).isTrue();
    }
  }

  @Test
  void aCacheInMemoryAloneKnowsItsHistoryUntilTheProcessEnds() {
    String yaml = settings(Kind.FILE, "write_through") + "caches: {memory: {tier: memory}}\n";
    String backup;
    try (var first = TestingServer.start(yaml)) {
      first.send("PUT", "/v1/caches/memory/entries/k", "v");
      put(first, "k", "t");
      backup = first.get("/v1/export").body();
      first.send("DELETE", "/v1/caches/memory/entries/k", "");
    }
    try (var second = TestingServer.start(yaml)) {
      JsonNode report = restore(second, backup, "");
      assertThat(report.get("unproven").asInt()).isEqualTo(1);
      assertThat(report.get("kept").asInt()).isEqualTo(1);
      assertThat(restore(second, backup, "?even_invalidated=true").get("restored").asInt())
          .isEqualTo(1);
    }
  }

  @Test
  void whatAnotherNodeInvalidatedStaysAway() {
    String shared =
        """
        log: {exchanges: off}
        redis: {url: "%s", deadline: 10s, connect_timeout: 10s}
        invalidation: {log: redis, lease: 30s}
        entries: {tier: redis}
        node: {name: NAME}
        """
            .formatted(opened.add(TestingRedis.inMemory()).url());
    try (var a = TestingServer.start(shared.replace("NAME", "a"));
        var b = TestingServer.start(shared.replace("NAME", "b"))) {
      for (String key : List.of("kept", "deleted", "by-key")) {
        put(a, key, "t");
      }
      put(a, "by-tag", "gone");
      String backup = a.get("/v1/export").body();
      assertThat(b.send("DELETE", ENTRIES + "deleted", "").statusCode()).isEqualTo(204);
      invalidate(b, "keys", "by-key");
      invalidate(b, "tags", "gone");
      for (TestingServer either : List.of(a, b)) {
        JsonNode report = restore(either, backup, "");
        assertThat(report.get("invalidated").asInt()).as(report.toString()).isEqualTo(3);
        assertThat(report.get("kept").asInt()).isEqualTo(1);
      }
      assertThat(restore(b, backup, "?even_invalidated=true").get("restored").asInt()).isEqualTo(3);
      assertThat(isThere(a, "by-tag")).isTrue();
    }
  }

  /// What is deleted and invalidated while a backup is restored, again and again, must not be seen
  /// again after that was acknowledged.
  @ParameterizedTest
  @EnumSource(
      value = Kind.class,
      names = {"FILE", "REDIS"})
  void whatIsInvalidatedDuringARestoreStaysAway(Kind kind) throws Exception {
    try (var server = TestingServer.start(settings(kind, "write_through"));
        ExecutorService threads = Executors.newFixedThreadPool(2)) {
      stays(server, threads);
    }
  }

  @Test
  void soItIsInMemoryAlone() throws Exception {
    try (var server = TestingServer.start("log: {exchanges: off}");
        ExecutorService threads = Executors.newFixedThreadPool(2)) {
      stays(server, threads);
    }
  }

  private static void stays(TestingServer server, ExecutorService threads) throws Exception {
    int keys = 60;
    for (int round = 0; round < 4; round++) {
      String prefix = "r" + round + "-";
      String items =
          IntStream.range(0, keys)
              .mapToObj(i ->
                  "{\"key\":\"%s%d\",\"text\":\"v\",\"tags\":[\"t%d\"]}".formatted(prefix, i, i))
              .collect(Collectors.joining(",", "{\"items\":[", "]}"));
      assertThat(server.send("POST", "/v1/caches/default/entries:batchPut", items).statusCode())
          .isEqualTo(200);
      String backup = server.get("/v1/export").body();
      Future<Integer> restoring =
          threads.submit(() -> {
            int restored = 0;
            for (int i = 0; i < 12; i++) {
              restored += restore(server, backup, "?overwrite=true").get("restored").asInt();
            }
            return restored;
          });
      for (int i = 0; i < keys; i++) {
        switch (i % 3) {
          case 0 -> server.send("DELETE", ENTRIES + prefix + i, "");
          case 1 -> invalidate(server, "keys", prefix + i);
          default -> invalidate(server, "tags", "t" + i);
        }
        assertThat(isThere(server, prefix + i)).as(prefix + i).isFalse();
      }
      assertThat(restoring.get()).isPositive();
      for (int i = 0; i < keys; i++) {
        assertThat(isThere(server, prefix + i)).as(prefix + i).isFalse();
      }
      assertThat(restore(server, backup, "").get("restored").asInt()).isZero();
    }
  }
}
