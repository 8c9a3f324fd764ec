package io.forebay.server.tiers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.forebay.cache.testing.Opened;
import io.forebay.cache.testing.TestingMemcached;
import io.forebay.cache.testing.TestingRedis;
import io.forebay.cache.tier.WriteMode;
import io.forebay.server.TestingServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Whole servers, each with a real tier of every kind, stopped and started again.
class TieredServerTest {

  private static final String KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
  private static final Duration LONG = Duration.ofMinutes(1);

  @AutoClose private final Opened opened = new Opened();

  @TempDir private Path folder;

  /// Settings of a node that stands alone, with such a tier.
  private String settings(TierKind kind) {
    return settings(kind, 0);
  }

  /// @param warmKeys with which memory is filled after a restart
  private String settings(TierKind kind, int warmKeys) {
    return """
    data: {dir: %s}
    entries: {tier: %s}
    invalidation: {log: file}
    tiers: {warm_keys: %d}
    %s
    """
        .formatted(
            folder.resolve("data"), kind.tier, warmKeys, kind.settings(folder, opened, "10s"));
  }

  private static String entry(String key) {
    return "/v1/caches/default/entries/" + key;
  }

  private static void put(TestingServer server, String key, String value, String tag) {
    assertThat(
            server
                .send(
                    "PUT",
                    entry(key),
                    value,
                    "Content-Type",
                    "text/plain",
                    "Cache-Tag",
                    tag,
                    "Cache-Control",
                    "max-age=3600")
                .statusCode())
        .isBetween(201, 204);
  }

  private static String read(TestingServer server, String key) {
    HttpResponse<String> answer = server.get(entry(key));
    return answer.statusCode() == 404 ? "nothing" : answer.statusCode() + " " + answer.body();
  }

  private static void purge(TestingServer server, String scope, String value) {
    HttpResponse<String> answer =
        server.send(
            "POST",
            "/v1/invalidations",
            "{\"operations\": [{\"scope\": \"" + scope + "\", \"values\": [\"" + value + "\"]}]}");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
  }

  @ParameterizedTest
  @EnumSource
  void valuesSurviveARestartAndWhatWasInvalidatedDoesNot(TierKind kind) {
    String yaml = settings(kind);
    try (TestingServer first = TestingServer.start(yaml)) {
      put(first, "kept", "old", "t");
      put(first, "kept", "new", "t");
      put(first, "deleted", "x", "t");
      put(first, "purged", "x", "gone");
      put(first, "purged-by-key", "x", "t");
      put(first, "written-after", "x", "gone");
      assertThat(first.send("DELETE", entry("deleted"), "").statusCode()).isEqualTo(204);
      purge(first, "tags", "gone");
      purge(first, "keys", "purged-by-key");
      put(first, "written-after", "y", "gone");
    }
    try (TestingServer second = TestingServer.start(yaml)) {
      assertThat(read(second, "kept")).isEqualTo("200 new");
      assertThat(read(second, "written-after")).isEqualTo("200 y");
      assertThat(read(second, "deleted")).isEqualTo("nothing");
      assertThat(read(second, "purged")).isEqualTo("nothing");
      assertThat(read(second, "purged-by-key")).isEqualTo("nothing");
      String tiers = second.get("/v1/tiers").body();
      assertThat(tiers).contains("\"name\":\"" + kind.tier + "\"").contains("\"hits\":2");
      assertThat(tiers).contains("\"connected\":true").contains("\"breaker\":\"closed\"");
      assertThat(second.get("/v1/caches/default").body())
          .contains("\"tier\":\"" + kind.tier + "\"");
      assertThat(second.get("/metrics").body())
          .contains(
              "forebay_tier_reads_total{cache=\"default\",result=\"hit\",tier=\""
                  + kind.tier
                  + "\"} 2");
      // What lies in the tier alone is invalidated too.
      purge(second, "tags", "t");
      assertThat(read(second, "kept")).isEqualTo("nothing");
    }
    try (TestingServer third = TestingServer.start(yaml)) {
      assertThat(read(third, "kept")).isEqualTo("nothing");
      assertThat(read(third, "written-after")).isEqualTo("200 y");
    }
  }

  @ParameterizedTest
  @EnumSource
  void withALogThatWasLostNothingOfBeforeIsTrusted(TierKind kind) {
    String yaml = settings(kind);
    try (TestingServer first = TestingServer.start(yaml)) {
      put(first, "k", "v", "t");
    }
    String elsewhere =
        yaml.replace(folder.resolve("data").toString(), folder.resolve("other").toString());
    try (TestingServer second = TestingServer.start(elsewhere)) {
      assertThat(read(second, "k")).isEqualTo("nothing");
      put(second, "k", "w", "t");
      assertThat(read(second, "k")).isEqualTo("200 w");
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"MEMCACHED", "POSTGRESQL"})
  void nodesThatShareTheLogShareValuesInATierOfAnotherKind(TierKind kind) {
    TestingRedis redis = opened.add(TestingRedis.inMemory());
    String yaml =
        settings(kind)
                .replace(
                    "invalidation: {log: file}",
                    "invalidation: {log: redis, lease: 2s}\nnode: {name: a}")
            + "redis: {url: \""
            + redis.url()
            + "\", deadline: 10s}\n";
    TestingServer a = opened.add(TestingServer.start(yaml));
    String other =
        yaml.replace("name: a", "name: b")
            .replace(folder.resolve("data").toString(), folder.resolve("other").toString());
    TestingServer b = opened.add(TestingServer.start(other));
    put(a, "k", "v", "t");
    assertThat(read(b, "k")).isEqualTo("200 v");
    put(b, "k", "w", "t");
    assertThat(read(b, "k")).isEqualTo("200 w");
    await().atMost(LONG).until(() -> read(a, "k").equals("200 w"));
    put(a, "deleted", "x", "t");
    assertThat(read(b, "deleted")).isEqualTo("200 x");
    assertThat(a.send("DELETE", entry("deleted"), "").statusCode()).isEqualTo(204);
    await().atMost(LONG).until(() -> read(b, "deleted").equals("nothing"));
    HttpResponse<String> purged =
        a.send(
            "POST",
            "/v1/invalidations",
            "{\"wait\": \"all\", \"timeout\": \"10s\", \"operations\": [{\"scope\": \"tags\", \"values\":"
                + " [\"t\"]}]}");
    assertThat(purged.statusCode()).as(purged.body()).isEqualTo(200);
    assertThat(read(b, "k")).isEqualTo("nothing");
    assertThat(read(a, "k")).isEqualTo("nothing");
    assertThat(a.get("/v1/tiers").body()).contains("\"shared\":true");
  }

  @Test
  void aNodeOfAFleetFindsAfterARestartWhatItsTierHasAndNothingThatWasInvalidated() {
    String yaml =
        settings(TierKind.REDIS)
            .replace("invalidation: {log: file}", "invalidation: {log: redis, lease: 2s}");
    try (TestingServer first = TestingServer.start(yaml)) {
      put(first, "kept", "old", "t");
      put(first, "purged", "x", "gone");
      put(first, "purged-by-key", "x", "t");
      purge(first, "tags", "gone");
      purge(first, "keys", "purged-by-key");
      put(first, "kept", "new", "t");
      put(first, "written-after", "y", "gone");
    }
    try (TestingServer second = TestingServer.start(yaml)) {
      assertThat(read(second, "kept")).isEqualTo("200 new");
      assertThat(read(second, "written-after")).isEqualTo("200 y");
      assertThat(read(second, "purged")).isEqualTo("nothing");
      assertThat(read(second, "purged-by-key")).isEqualTo("nothing");
      purge(second, "tags", "gone");
    }
    try (TestingServer third = TestingServer.start(yaml)) {
      assertThat(read(third, "kept")).isEqualTo("200 new");
      assertThat(read(third, "written-after")).isEqualTo("nothing");
    }
  }

  @Test
  void twoNodesWithLogsOfTheirOwnShareNothing() {
    String one = settings(TierKind.REDIS);
    String other =
        one.replace(folder.resolve("data").toString(), folder.resolve("other").toString());
    TestingServer a = opened.add(TestingServer.start(one));
    TestingServer b = opened.add(TestingServer.start(other));
    put(a, "k", "of a", "t");
    assertThat(read(b, "k")).isEqualTo("nothing");
    put(b, "k", "of b", "t");
    assertThat(read(a, "k")).isEqualTo("200 of a");
    assertThat(a.get("/v1/tiers").body()).contains("\"shared\":false");
  }

  @Test
  void aCacheThatIsMadeAgainDoesNotFindWhatTheDeletedOneHad() {
    String yaml = settings(TierKind.FILE);
    String path = "/v1/caches/made/entries/k";
    try (TestingServer first = TestingServer.start(yaml)) {
      HttpResponse<String> made = first.send("PUT", "/v1/caches/made", "{\"tier\": \"file\"}");
      assertThat(made.body()).contains("\"tier\":\"file\"");
      first.send("PUT", path, "v");
      assertThat(first.send("PUT", "/v1/caches/made", "{\"tier\": \"memory\"}").statusCode())
          .isEqualTo(400);
      assertThat(first.send("DELETE", "/v1/caches/made", "").statusCode()).isEqualTo(204);
      first.send("PUT", "/v1/caches/made", "");
      assertThat(first.get(path).statusCode()).isEqualTo(404);
      first.send("PUT", path, "w");
      first.send("DELETE", "/v1/caches/made", "");
    }
    try (TestingServer second = TestingServer.start(yaml)) {
      second.send("PUT", "/v1/caches/made", "");
      assertThat(second.get(path).statusCode()).isEqualTo(404);
      HttpResponse<String> redis = second.send("PUT", "/v1/caches/x", "{\"tier\": \"redis\"}");
      assertThat(redis.statusCode()).isEqualTo(400);
      assertThat(redis.body()).contains("one of memory, file");
      assertThat(second.send("PUT", "/v1/caches/x", "{\"tier\": \"disk\"}").body())
          .contains("one of memory, redis, memcached, database, file");
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FILE", "POSTGRESQL"})
  void pagesSurviveARestart(TierKind kind) throws IOException {
    AtomicInteger requests = new AtomicInteger();
    HttpServer origin =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
    origin.createContext(
        "/",
        exchange -> {
          byte[] body = ("page " + requests.incrementAndGet()).getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("Cache-Control", "max-age=600");
          exchange.getResponseHeaders().set("Cache-Tag", exchange.getRequestURI().getPath());
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    origin.start();
    opened.add(() -> origin.stop(0));
    String yaml =
        settings(kind)
            + "proxy: {origin: \"http://127.0.0.1:%d\", pages_tier: %s}\n"
                .formatted(origin.getAddress().getPort(), kind.tier);
    try (TestingServer first = TestingServer.start(yaml)) {
      assertThat(first.getPageOf("shop.example", "/a").body()).isEqualTo("page 1");
      assertThat(first.getPageOf("shop.example", "/b").body()).isEqualTo("page 2");
      await()
          .atMost(LONG)
          .until(() ->
              first.getPageOf("shop.example", "/b").headers().firstValue("Age").isPresent()
                  && first.getPageOf("shop.example", "/a").headers().firstValue("Age").isPresent());
      purge(first, "tags", "/b");
    }
    try (TestingServer second = TestingServer.start(yaml)) {
      assertThat(second.getPageOf("shop.example", "/a").body()).isEqualTo("page 1");
      assertThat(second.getPageOf("shop.example", "/b").body()).isEqualTo("page 3");
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyModeOfWritingServesWhatWasWrittenLastAndSurvivesARestart(WriteMode mode) {
    String name = mode.name().toLowerCase(Locale.ROOT);
    String yaml = settings(TierKind.SQLITE).replace("{tier: ", "{write_mode: " + name + ", tier: ");
    try (TestingServer first = TestingServer.start(yaml)) {
      assertThat(first.get("/v1/caches/default").body())
          .contains("\"write_mode\":\"" + name + "\"");
      for (int i = 0; i < 20; i++) {
        put(first, "k", "v" + i, "t");
        assertThat(read(first, "k")).isEqualTo("200 v" + i);
      }
      HttpResponse<String> added =
          first.send("PUT", entry("cas"), "1", "If-None-Match", "*", "Cache-Tag", "t");
      assertThat(added.statusCode()).isEqualTo(201);
      String tag = added.headers().firstValue("ETag").orElseThrow();
      assertThat(first.send("PUT", entry("cas"), "2", "If-Match", tag).statusCode()).isEqualTo(204);
      assertThat(first.send("PUT", entry("cas"), "3", "If-Match", tag).statusCode()).isEqualTo(412);
      put(first, "deleted", "x", "t");
      assertThat(first.send("DELETE", entry("deleted"), "").statusCode()).isEqualTo(204);
      assertThat(read(first, "deleted")).isEqualTo("nothing");
      put(first, "purged", "x", "gone");
      purge(first, "tags", "gone");
      assertThat(read(first, "purged")).isEqualTo("nothing");
    }
    try (TestingServer second = TestingServer.start(yaml)) {
      assertThat(read(second, "k")).isEqualTo("200 v19");
      assertThat(read(second, "cas")).isEqualTo("200 2");
      assertThat(read(second, "deleted")).isEqualTo("nothing");
      assertThat(read(second, "purged")).isEqualTo("nothing");
    }
  }

  @Test
  void memoryIsFilledAgainAfterARestart() {
    String yaml = settings(TierKind.FILE, 1_000);
    try (TestingServer first = TestingServer.start(yaml)) {
      for (int i = 0; i < 50; i++) {
        put(first, "k" + i, "v" + i, i == 7 ? "gone" : "t");
      }
      purge(first, "tags", "gone");
    }
    try (TestingServer second = TestingServer.start(yaml)) {
      await()
          .atMost(LONG)
          .until(() -> second.get("/metrics").body().contains("\nforebay_tier_warmed_total 49"));
      assertThat(second.get("/v1/caches/default").body()).contains("\"entries\":49");
      String before = second.get("/v1/tiers").body();
      assertThat(read(second, "k8")).isEqualTo("200 v8");
      assertThat(second.get("/v1/tiers").body()).as("from memory").isEqualTo(before);
      assertThat(read(second, "k7")).isEqualTo("nothing");
    }
  }

  @Test
  void writeAroundKeepsNothingInMemoryUntilItIsRead() {
    String yaml = settings(TierKind.FILE).replace("{tier: ", "{write_mode: write_around, tier: ");
    TestingServer server = opened.add(TestingServer.start(yaml));
    put(server, "k", "v", "t");
    assertThat(server.get("/v1/caches/default").body()).contains("\"entries\":0");
    assertThat(read(server, "k")).isEqualTo("200 v");
    assertThat(server.get("/v1/caches/default").body()).contains("\"entries\":1");
    put(server, "k", "w", "t");
    assertThat(server.get("/v1/caches/default").body()).contains("\"entries\":0");
    assertThat(read(server, "k")).isEqualTo("200 w");
  }

  @Test
  void writeBehindGoesOnWithoutTheTierAndOverARestart() {
    TestingMemcached memcached = opened.add(TestingMemcached.run());
    String yaml =
        """
        data: {dir: %s}
        entries: {tier: memcached, write_mode: write_behind}
        memcached: {url: "%s", connect_timeout: 200ms, deadline: 5s}
        """
            .formatted(folder.resolve("data"), memcached.url());
    try (TestingServer first = TestingServer.start(yaml)) {
      memcached.kill();
      await()
          .atMost(LONG)
          .until(() -> first.get("/v1/tiers").body().contains("\"connected\":false"));
      put(first, "k", "v", "t");
      put(first, "purged", "x", "gone");
      assertThat(read(first, "k")).isEqualTo("200 v");
      purge(first, "tags", "gone");
      assertThat(first.get("/metrics").body())
          .contains("\nforebay_tier_backlog_writes{tier=\"memcached\"} 2")
          .contains(
              "forebay_tier_events_total{event=\"write_behind_withdrawn\",tier=\"memcached\"} 1");
    }
    try (TestingServer second = TestingServer.start(yaml)) {
      assertThat(read(second, "k")).isEqualTo("200 v");
      assertThat(read(second, "purged")).isEqualTo("nothing");
      assertThat(second.get("/v1/tiers").body()).contains("\"backlog\":{");
      memcached.start();
      await()
          .atMost(LONG)
          .until(() ->
              second
                  .get("/metrics")
                  .body()
                  .contains("\nforebay_tier_backlog_writes{tier=\"memcached\"} 0"));
    }
    assertThat(memcached.names()).isNotEmpty();
    try (TestingServer third = TestingServer.start(yaml)) {
      assertThat(read(third, "k")).isEqualTo("200 v");
      assertThat(read(third, "purged")).isEqualTo("nothing");
    }
  }

  @Test
  void encryptedAndCompressedValuesSurviveARestartAndAChangeOfKeys() throws IOException {
    Path keys = Files.writeString(folder.resolve("keys"), "old:" + KEY + "\n");
    String yaml =
        settings(TierKind.FILE)
                .replace(
                    "{warm_keys: 0",
                    "{compression: on, compress_from: 100B, encryption_keys_file: "
                        + keys
                        + ", warm_keys: 0")
            + "tls: {reload_interval: 1s}\n";
    String text = "nobody may read this ".repeat(1_000);
    try (TestingServer first = TestingServer.start(yaml)) {
      put(first, "k", text, "t");
      Files.writeString(keys, "new:" + KEY.replace("AAEC", "BBEC") + "\nold:" + KEY + "\n");
      await()
          .atMost(LONG)
          .until(() -> first.get("/metrics").body().contains("\nforebay_tls_reloads_total 1"));
      put(first, "j", text, "t");
    }
    StringBuilder stored = new StringBuilder();
    try (Stream<Path> files = Files.list(folder.resolve("files"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        stored.append(Files.readString(file, StandardCharsets.ISO_8859_1));
      }
    }
    assertThat(stored.toString()).contains("old").contains("new").doesNotContain("nobody");
    assertThat(stored.length()).isLessThan(text.length() / 4);
    try (TestingServer second = TestingServer.start(yaml)) {
      assertThat(read(second, "k")).isEqualTo("200 " + text);
      assertThat(read(second, "j")).isEqualTo("200 " + text);
    }
    Files.writeString(keys, "new:" + KEY.replace("AAEC", "BBEC") + "\n");
    try (TestingServer third = TestingServer.start(yaml)) {
      assertThat(read(third, "k")).isEqualTo("nothing");
      assertThat(read(third, "j")).isEqualTo("200 " + text);
      assertThat(third.get("/metrics").body())
          .contains(
              "forebay_tier_events_total{event=\"encrypted_with_unknown_key\",tier=\"file\"} 1");
    }
  }

  @Test
  void aServerThatIsAwayAtTheStartIsUsedOnceItAnswers() {
    TestingMemcached memcached = opened.add(TestingMemcached.run());
    memcached.kill();
    String yaml =
        """
        data: {dir: %s}
        entries: {tier: memcached}
        memcached: {url: "%s", connect_timeout: 200ms}
        """
            .formatted(folder.resolve("data"), memcached.url());
    TestingServer server = opened.add(TestingServer.start(yaml));
    assertThat(server.get("/v1/tiers").body()).contains("\"connected\":false");
    assertThat(server.get("/health/ready").body()).contains("tier");
    assertThat(server.send("PUT", entry("k"), "v").statusCode()).isEqualTo(503);
    assertThat(server.get(entry("k")).statusCode()).isEqualTo(404);
    memcached.start();
    await().atMost(LONG).until(() -> server.send("PUT", entry("k"), "v").statusCode() == 201);
    assertThat(server.get("/metrics").body())
        .contains("forebay_tier_connected{tier=\"memcached\"} 1")
        .contains(
            "forebay_tier_calls_failed_total{kind=\"disconnected\",operation=\"write\","
                + "tier=\"memcached\"}");
  }
}
