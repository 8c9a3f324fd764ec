package io.forebay.server.v1;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.cache.testing.TestingTimeSource;
import io.forebay.server.TestingServer;
import io.forebay.server.access.NewToken;
import io.forebay.server.api.Json;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// `/v1/export` and `/v1/import` of real servers.
class BackupApiTest {

  private static final String QUIET = "log: {exchanges: off}\n";
  private static final String ENTRIES = "/v1/caches/default/entries/";

  private static void put(TestingServer server, String key, String value, String... fields) {
    assertThat(server.send("PUT", ENTRIES + key, value, fields).statusCode()).isBetween(201, 204);
  }

  private static String export(TestingServer server) {
    HttpResponse<String> answer = server.get("/v1/export");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/x-ndjson");
    return answer.body();
  }

  private static JsonNode json(String text) {
    return Json.tree(text.getBytes(UTF_8)).orElseThrow();
  }

  private static JsonNode restore(TestingServer server, String backup, String query) {
    HttpResponse<String> answer = server.send("POST", "/v1/import" + query, backup);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return json(answer.body());
  }

  private static boolean isThere(TestingServer server, String key) {
    return server.get(ENTRIES + key).statusCode() == 200;
  }

  /// The entries' lines without what a new place gives them anew.
  private static List<String> facts(String backup) {
    return backup
        .lines()
        .map(BackupApiTest::json)
        .filter(line -> line.has("key"))
        .map(line ->
            ((ObjectNode) line).remove(List.of("version", "position", "created")).toString())
        .toList();
  }

  // ---- what comes back

  @Test
  void everyKindOfValueComesBackAsItWas() {
    var time = new TestingTimeSource();
    byte[] binary = {0, (byte) 0xFF, (byte) 0xC3, 0x28, '\n', '"'};
    byte[] every = new byte[256];
    IntStream.range(0, 256).forEach(i -> every[i] = (byte) i);
    Map<String, byte[]> values =
        Map.of(
            "text", "Grüße\n\u2028\t\"x\" \\ \u0000 \uD83D\uDE00".getBytes(UTF_8),
            "empty", new byte[0],
            "json", "{\"a\":[1,2.50,true,null],\"ü\":\"\"}".getBytes(UTF_8),
            "json-with-spaces", "{ \"a\" : 1.0E+2 }".getBytes(UTF_8),
            "json-null", "null".getBytes(UTF_8),
            "json-twice", "{\"a\":1,\"a\":2}".getBytes(UTF_8),
            "json-broken", "{\"a\":".getBytes(UTF_8),
            "json-deep", ("[".repeat(100) + "]".repeat(100)).getBytes(UTF_8),
            "binary", binary,
            "every/byte", every);
    try (var first = TestingServer.start(QUIET, time);
        var second = TestingServer.start(QUIET, time)) {
      values.forEach((key, value) ->
          first.send(
              "PUT",
              ENTRIES + key,
              value,
              "Content-Type",
              key.startsWith("json") ? "application/json" : "text/plain; charset=utf-8",
              "Cache-Tag",
              "a tag, ümlaut,t",
              "Cache-Control",
              "max-age=600, stale-while-revalidate=60",
              "Forebay-Meta-Owner",
              "shop ü"));
      put(first, "forever", "x", "Cache-Control", "max-age=9999999999");
      time.advance(Duration.ofMillis(1_500));
      String backup = export(first);
      JsonNode report = restore(second, backup, "?even_invalidated=true");
      assertThat(report.get("restored").asInt()).isEqualTo(values.size() + 1);
      assertThat(report.get("complete").asBoolean()).isTrue();
      assertThat(facts(export(second))).isEqualTo(facts(backup)).hasSize(values.size() + 1);
      values.forEach((key, value) -> {
        var answer =
            second.sendForBytes("GET", ENTRIES + key, new byte[0], BodyHandlers.ofByteArray());
        assertThat(answer.body()).as(key).isEqualTo(value);
        assertThat(answer.headers().firstValue("Cache-Status").orElse("")).contains("ttl=598");
      });
      assertThat(backup).contains("\"json\":{\"a\":[1,2.50,true,null],\"ü\":\"\"}");
      assertThat(backup).contains("\"text\":\"{ \\\"a\\\" : 1.0E+2 }\"");
      assertThat(backup)
          .contains("\"base64\":\"" + Base64.getEncoder().encodeToString(binary) + "\"");
    }
  }

  @Test
  void randomValuesComeBackAsTheyWere() {
    long seed = System.nanoTime();
    var random = new Random(seed);
    var time = new TestingTimeSource();
    try (var first = TestingServer.start(QUIET, time);
        var second = TestingServer.start(QUIET, time)) {
      for (int i = 0; i < 60; i++) {
        byte[] value = new byte[i == 0 ? 5 << 20 : random.nextInt(3_000)];
        if (i % 3 == 0) {
          random.nextBytes(value);
        } else {
          Arrays.fill(value, (byte) random.nextInt(128));
        }
        first.send("PUT", ENTRIES + "k" + random.nextInt(1_000), value);
      }
      String backup = export(first);
      restore(second, backup, "?even_invalidated=true");
      assertThat(facts(export(second)).equals(facts(backup))).as("seed %d", seed).isTrue();
    }
  }

  @Test
  void aBackupGoesOverTheWireCompressed() throws IOException {
    try (var server = TestingServer.start(QUIET)) {
      put(server, "k", "x".repeat(100_000));
      HttpResponse<byte[]> answer =
          server.sendForBytes(
              "GET",
              "/v1/export",
              new byte[0],
              BodyHandlers.ofByteArray(),
              "Accept-Encoding",
              "br, gzip;q=0.5");
      assertThat(answer.headers().firstValue("Content-Encoding")).hasValue("gzip");
      assertThat(answer.body().length).isLessThan(5_000);
      String backup =
          new String(
              new GZIPInputStream(new ByteArrayInputStream(answer.body())).readAllBytes(), UTF_8);
      assertThat(backup.lines()).hasSize(3);
      server.send("DELETE", ENTRIES + "k", "");
      HttpResponse<String> restored =
          server.send(
              "POST",
              "/v1/import?even_invalidated=true",
              answer.body(),
              "Content-Encoding",
              "gzip");
      assertThat(json(restored.body()).get("restored").asInt()).isEqualTo(1);
      assertThat(isThere(server, "k")).isTrue();
    }
  }

  @Test
  void severalCompressedPartsAreOneBackup() throws IOException {
    try (var server = TestingServer.start(QUIET)) {
      put(server, "k", "x");
      String backup = export(server);
      int half = backup.indexOf('\n') + 10;
      var parts = new ByteArrayOutputStream();
      parts.writeBytes(zipped(backup.substring(0, half)));
      parts.writeBytes(zipped(backup.substring(half)));
      server.send("DELETE", ENTRIES + "k", "");
      HttpResponse<String> restored =
          server.send(
              "POST",
              "/v1/import?even_invalidated=true",
              parts.toByteArray(),
              "Content-Encoding",
              "gzip");
      assertThat(restored.statusCode()).as(restored.body()).isEqualTo(200);
      assertThat(isThere(server, "k")).isTrue();
    }
  }

  private static byte[] zipped(String text) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(bytes)) {
      gzip.write(text.getBytes(UTF_8));
    }
    return bytes.toByteArray();
  }

  @Test
  void anExportGoesOnBehindAnEntry() {
    try (var server = TestingServer.start(QUIET + "caches: {alpha: {}, zeta: {}}")) {
      for (String cache : List.of("alpha", "default", "zeta")) {
        for (int i = 0; i < 3; i++) {
          server.send("PUT", "/v1/caches/" + cache + "/entries/a/" + i, "v");
        }
      }
      assertThat(keys(export(server))).hasSize(9).startsWith("alpha a/0", "alpha a/1");
      assertThat(keys(server.get("/v1/export?after=default/a%2F1").body()))
          .containsExactly("default a/2", "zeta a/0", "zeta a/1", "zeta a/2");
      assertThat(keys(server.get("/v1/export?cache=zeta&cache=alpha").body()))
          .hasSize(6)
          .noneMatch(key -> key.startsWith("default"));
      assertThat(server.get("/v1/export?cache=none").statusCode()).isEqualTo(404);
      assertThat(server.get("/v1/export?after=none").body()).contains("CACHE/KEY");
    }
  }

  private static List<String> keys(String backup) {
    return backup
        .lines()
        .map(BackupApiTest::json)
        .filter(line -> line.has("key"))
        .map(line -> line.get("cache").asString() + " " + line.get("key").asString())
        .toList();
  }

  @Test
  void manyPagesAreOneExport() {
    try (var server = TestingServer.start(QUIET)) {
      int count = 2_500;
      for (int from = 0; from < count; from += 500) {
        String items =
            IntStream.range(from, from + 500)
                .mapToObj(i -> "{\"key\":\"k%05d\",\"text\":\"v%d\"}".formatted(i, i))
                .collect(Collectors.joining(",", "{\"items\":[", "]}"));
        server.send("POST", "/v1/caches/default/entries:batchPut", items);
      }
      String backup = export(server);
      assertThat(keys(backup)).hasSize(count).isSorted().doesNotHaveDuplicates();
      assertThat(backup).endsWith("{\"end\":true,\"entries\":" + count + "}\n");
      JsonNode again = restore(server, backup, "");
      assertThat(again.get("kept").asInt()).isEqualTo(count);
    }
  }

  // ---- what does not

  /// The key goes without anybody's saying that it was wrong.
  private static void evict(TestingServer server, String key) {
    server.send("PUT", "/v1/caches/default", "{\"max_entries\":1}");
    put(server, "other", "x");
    server.send("PUT", "/v1/caches/default", "{}");
    assertThat(isThere(server, key)).isFalse();
  }

  /// Of an entry `user:1` with the tag `news` in the cache `default`.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"scope\":\"keys\",\"values\":[\"user:1\"]}",
        "{\"scope\":\"keys\",\"values\":[\"user:1\"],\"cache\":\"default\"}",
        "{\"scope\":\"tags\",\"values\":[\"news\"]}",
        "{\"scope\":\"tags\",\"values\":[\"news\"],\"mode\":\"soft\"}",
        "{\"scope\":\"prefixes\",\"values\":[\"user:\"]}",
        "{\"scope\":\"patterns\",\"values\":[\"u*:1\"],\"cache\":\"default\"}",
        "{\"scope\":\"everything\",\"cache\":\"default\"}",
        "{\"scope\":\"everything\"}",
        "DELETE",
        "batchDelete"
      })
  void whatWasInvalidatedSinceDoesNotComeBack(String how) {
    try (var server = TestingServer.start(QUIET + "caches: {other: {}}")) {
      put(server, "user:1", "v", "Cache-Tag", "news");
      server.send("PUT", "/v1/caches/other/entries/x", "v", "Cache-Tag", "sport");
      String backup = export(server);
      switch (how) {
        case "DELETE" -> server.send("DELETE", ENTRIES + "user:1", "");
        case "batchDelete" ->
            server.send(
                "POST", "/v1/caches/default/entries:batchDelete", "{\"keys\":[\"user:1\"]}");
        default -> {
          String order = "{\"operations\":[" + how + "],\"wait\":\"swept\"}";
          assertThat(server.send("POST", "/v1/invalidations", order).statusCode()).isEqualTo(200);
        }
      }
      if (how.contains("soft")) { // it was marked only
        evict(server, "user:1");
      }
      JsonNode report = restore(server, backup, "");
      boolean bothCaches = how.equals("{\"scope\":\"everything\"}");
      assertThat(report.get("invalidated").asInt()).isEqualTo(bothCaches ? 2 : 1);
      assertThat(report.get("kept").asInt()).isEqualTo(bothCaches ? 0 : 1);
      assertThat(isThere(server, "user:1")).isFalse();
      JsonNode insisted = restore(server, backup, "?even_invalidated=true");
      assertThat(insisted.get("restored").asInt()).isEqualTo(bothCaches ? 2 : 1);
      assertThat(isThere(server, "user:1")).isTrue();
      // And it may be invalidated again.
      server.send(
          "POST",
          "/v1/invalidations",
          "{\"operations\":[{\"scope\":\"tags\",\"values\":[\"news\"]}]}");
      assertThat(isThere(server, "user:1")).isFalse();
    }
  }

  @Test
  void aCacheThatWasDeletedAndMadeAnewStaysEmpty() {
    try (var server = TestingServer.start(QUIET)) {
      server.send("PUT", "/v1/caches/c", "{}");
      server.send("PUT", "/v1/caches/c/entries/k", "v");
      String backup = export(server);
      server.send("DELETE", "/v1/caches/c", "");
      HttpResponse<String> none = server.send("POST", "/v1/import", backup);
      assertThat(none.statusCode()).isEqualTo(404);
      assertThat(json(none.body()).get("type").asString()).endsWith(":unknown-cache");
      server.send("PUT", "/v1/caches/c", "{}");
      assertThat(restore(server, backup, "").get("invalidated").asInt()).isEqualTo(1);
      assertThat(restore(server, backup, "?into=default").get("restored").asInt()).isEqualTo(1);
      assertThat(isThere(server, "k")).isTrue();
    }
  }

  @Test
  void whatWasWrittenAfterTheInvalidationComesBack() {
    try (var server = TestingServer.start(QUIET)) {
      put(server, "k", "old", "Cache-Tag", "t");
      String order = "{\"operations\":[{\"scope\":\"tags\",\"values\":[\"t\"]}]}";
      server.send("POST", "/v1/invalidations", order);
      server.send("DELETE", ENTRIES + "k", "");
      put(server, "k", "new", "Cache-Tag", "t");
      String backup = export(server);
      evict(server, "k");
      assertThat(restore(server, backup, "").get("restored").asInt()).isEqualTo(1);
      assertThat(server.get(ENTRIES + "k").body()).isEqualTo("new");
    }
  }

  @Test
  void anotherServersHistoryIsUnknown() {
    try (var first = TestingServer.start(QUIET);
        var second = TestingServer.start(QUIET)) {
      put(first, "k", "v");
      HttpResponse<String> refused = second.send("POST", "/v1/import", export(first));
      assertThat(refused.statusCode()).isEqualTo(409);
      assertThat(refused.body()).contains("history-unknown").contains("even_invalidated=true");
      assertThat(isThere(second, "k")).isFalse();
    }
  }

  @Test
  void whatHasExpiredStaysAwayAndNoLifetimeGrows() {
    var time = new TestingTimeSource();
    try (var server = TestingServer.start(QUIET, time)) {
      put(server, "short", "v", "Cache-Control", "max-age=10");
      put(server, "stale", "v", "Cache-Control", "max-age=10, stale-while-revalidate=100");
      put(server, "long", "v", "Cache-Control", "max-age=1000");
      String backup = export(server);
      server.send(
          "POST",
          "/v1/caches/default/entries:batchDelete",
          "{\"keys\":[\"short\",\"stale\",\"long\"]}");
      time.advance(Duration.ofSeconds(30));
      JsonNode report = restore(server, backup, "?even_invalidated=true");
      assertThat(report.get("expired").asInt()).isEqualTo(1);
      assertThat(report.get("restored").asInt()).isEqualTo(2);
      assertThat(ttl(server, "long")).isBetween(969, 970);
      assertThat(ttl(server, "stale")).isLessThanOrEqualTo(0);
      time.advance(Duration.ofSeconds(79));
      assertThat(isThere(server, "stale")).isTrue();
      time.advance(Duration.ofSeconds(2));
      assertThat(isThere(server, "stale")).isFalse();
    }
  }

  private static int ttl(TestingServer server, String key) {
    String status = server.get(ENTRIES + key).headers().firstValue("Cache-Status").orElseThrow();
    return Integer.parseInt(status.replaceFirst(".*ttl=(-?\\d+).*", "$1"));
  }

  @Test
  void whatIsNewerStaysUnlessItIsToBeOverwritten() {
    var time = new TestingTimeSource();
    try (var server = TestingServer.start(QUIET, time)) {
      put(server, "k", "backed up", "Cache-Control", "max-age=1000");
      String backup = export(server);
      time.advance(Duration.ofSeconds(1));
      put(server, "k", "newer", "Cache-Control", "max-age=1000");
      assertThat(restore(server, backup, "").get("kept").asInt()).isEqualTo(1);
      assertThat(server.get(ENTRIES + "k").body()).isEqualTo("newer");
      JsonNode report = restore(server, backup, "?overwrite=true");
      assertThat(report.get("restored").asInt()).isEqualTo(1);
      assertThat(server.get(ENTRIES + "k").body()).isEqualTo("backed up");
    }
  }

  @Test
  void whatIsOlderIsReplaced() {
    var time = new TestingTimeSource();
    try (var first = TestingServer.start(QUIET, time);
        var second = TestingServer.start(QUIET, time)) {
      put(second, "k", "older");
      time.advance(Duration.ofSeconds(1));
      put(first, "k", "newer");
      JsonNode report = restore(second, export(first), "?even_invalidated=true");
      assertThat(report.get("restored").asInt()).isEqualTo(1);
      assertThat(second.get(ENTRIES + "k").body()).isEqualTo("newer");
    }
  }

  @Test
  void whatWasSoftlyInvalidatedComesBackStale() {
    var time = new TestingTimeSource();
    try (var first = TestingServer.start(QUIET, time);
        var second = TestingServer.start(QUIET, time)) {
      put(first, "k", "v", "Cache-Tag", "t", "Cache-Control", "max-age=100");
      first.send(
          "POST",
          "/v1/invalidations",
          "{\"mode\":\"soft\",\"operations\":[{\"scope\":\"tags\",\"values\":[\"t\"]}]}");
      time.advance(Duration.ofSeconds(1));
      restore(second, export(first), "?even_invalidated=true");
      assertThat(ttl(second, "k")).isLessThanOrEqualTo(0);
    }
  }

  // ---- what is wrong

  private static final String HEADER = "{\"format\":\"forebay-backup\",\"version\":1}\n";
  private static final String GOOD =
      "{\"cache\":\"default\",\"key\":\"good\",\"content_type\":\"text/plain\",\"text\":\"v\"}\n";
  private static final String END = "{\"end\":true,\"entries\":1}\n";

  /// Each with the member that it is wrong about.
  private static final List<String> WRONG_LINES =
      List.of(
          "not JSON at all| line",
          "{\"cache\":\"default\",\"content_type\":\"text/plain\",\"text\":\"v\"}| key",
          "{\"key\":\"k\",\"content_type\":\"text/plain\",\"text\":\"v\"}| cache",
          "{\"cache\":\"default\",\"key\":\"k\",\"text\":\"v\"}| content_type",
          "{\"cache\":\"default\",\"key\":\"k\",\"content_type\":\"x\\r\\ny\",\"text\":\"v\"}| content_type",
          "{\"cache\":\"default\",\"key\":\"k\",\"content_type\":\"text/plain\"}| text",
          "{\"cache\":\"default\",\"key\":\"k\",\"content_type\":\"text/plain\",\"base64\":\"%\"}| base64",
          "{\"cache\":\"default\",\"key\":\"k\",\"content_type\":\"text/plain\",\"text\":1}| text",
          "{\"cache\":\"default\",\"key\":\"k\",\"content_type\":\"text/plain\",\"text\":\"v\",\"x\":1}| x",
          "{\"cache\":\"default\",\"key\":\"k\",\"content_type\":\"text/plain\",\"text\":\"v\",\"position\":\"1\"}| position",
          "{\"cache\":\"default\",\"key\":\"k\",\"content_type\":\"text/plain\",\"text\":\"v\",\"fresh_until\":2,\"stale_until\":1}| stale_until",
          "{\"cache\":\"none\",\"key\":\"k\",\"content_type\":\"text/plain\",\"text\":\"v\"}| cache",
          "{\"end\":true,\"entries\":7}| entries",
          "{\"end\":true}| entries");

  @Test
  void aWrongLineIsNamedAndWhatCameBeforeItStays() {
    try (var server = TestingServer.start(QUIET)) {
      for (String lineAndField : WRONG_LINES) {
        int bar = lineAndField.lastIndexOf('|');
        String backup = HEADER + GOOD + lineAndField.substring(0, bar) + "\n" + END;
        HttpResponse<String> answer =
            server.send("POST", "/v1/import?even_invalidated=true", backup);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        JsonNode problem = json(answer.body());
        assertThat(problem.get("type").asString()).isEqualTo("urn:forebay:problem:import-stopped");
        assertThat(problem.get("line").asInt()).isEqualTo(3);
        assertThat(problem.get("field").asString()).isEqualTo(lineAndField.substring(bar + 2));
        assertThat(problem.get("expected").asString()).isNotEmpty();
        assertThat(problem.get("restored").asInt()).isEqualTo(1);
        assertThat(isThere(server, "good")).isTrue();
        server.send("DELETE", ENTRIES + "good", "");
      }
    }
  }

  @Test
  void whatIsNoBackupOrOfANewerVersionIsRefused() {
    try (var server = TestingServer.start(QUIET)) {
      assertThat(server.send("POST", "/v1/import", "{\"key\":\"k\"}\n").body())
          .contains("This is no backup of Forebay")
          .contains("\"line\":1");
      assertThat(
              server
                  .send(
                      "POST",
                      "/v1/import",
                      "{\"format\":\"forebay-backup\",\"version\":2,\"news\":1}\n")
                  .body())
          .contains("\"field\":\"version\"")
          .contains("a newer Forebay made it");
      assertThat(server.send("POST", "/v1/import", " \n").body()).contains("It is empty");
      assertThat(server.send("POST", "/v1/import?overwrite=yes", HEADER + END).statusCode())
          .isEqualTo(400);
      assertThat(server.send("POST", "/v1/import", HEADER, "Content-Encoding", "br").statusCode())
          .isEqualTo(415);
    }
  }

  @Test
  void aBackupThatIsCutOffSaysSo() throws IOException {
    try (var server = TestingServer.start(QUIET)) {
      for (String cut : List.of(HEADER + GOOD, HEADER + GOOD + GOOD.substring(0, 20))) {
        HttpResponse<String> answer = server.send("POST", "/v1/import", cut);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("The backup is cut off here").contains("\"line\":3");
      }
      assertThat(restore(server, HEADER + GOOD, "?part=true").get("complete").asBoolean())
          .isFalse();
      byte[] whole = zipped(HEADER + GOOD + END);
      HttpResponse<String> broken =
          server.send(
              "POST",
              "/v1/import",
              Arrays.copyOf(whole, whole.length - 12),
              "Content-Encoding",
              "gzip");
      assertThat(broken.statusCode()).isEqualTo(400);
      assertThat(broken.body()).contains("import-stopped").contains("cannot be read on");
      HttpResponse<String> none =
          server.send("POST", "/v1/import", HEADER + GOOD + END, "Content-Encoding", "gzip");
      assertThat(none.statusCode()).isEqualTo(400);
      assertThat(none.body()).contains("not gzip");
    }
  }

  @Test
  void entriesThatBreakARuleAreCountedAndTheOthersRestored() {
    try (var server = TestingServer.start(QUIET + "entries: {max_value_bytes: 10KiB}")) {
      String large =
          GOOD.replace("\"good\"", "\"large\"").replace("\"v\"", "\"" + "x".repeat(11_000) + "\"");
      String huge =
          GOOD.replace("\"good\"", "\"huge\"").replace("\"v\"", "\"" + "x".repeat(5 << 20) + "\"");
      String longKey = GOOD.replace("\"good\"", "\"" + "k".repeat(300) + "\"");
      JsonNode report =
          restore(
              server,
              HEADER + large + huge + longKey + GOOD + "{\"end\":true,\"entries\":4}\n",
              "");
      assertThat(report.get("rejected").asInt()).isEqualTo(3);
      assertThat(report.get("restored").asInt()).isEqualTo(1);
      List<String> fields = new ArrayList<>();
      report.get("rejections").forEach(one -> fields.add(one.get("field").asString()));
      assertThat(fields).containsExactlyInAnyOrder("value", "value", "key");
    }
  }

  // ---- who may, and what stays of it

  @Test
  void importsTakeTheRoleWriteAndAreInTheAudit() {
    NewToken reader = NewToken.create();
    NewToken writer = NewToken.create();
    NewToken admin = NewToken.create();
    String tokens =
        "access: {tokens: [{name: r, roles: [read], sha256: %s}, {name: w, roles: [write], sha256: %s}, {name: a, roles: [admin], sha256: %s}]}"
            .formatted(reader.sha256(), writer.sha256(), admin.sha256());
    try (var server = TestingServer.start(QUIET + tokens)) {
      String read = "Bearer " + reader.secret();
      String write = "Bearer " + writer.secret();
      assertThat(server.get("/v1/export").statusCode()).isEqualTo(401);
      assertThat(server.get("/v1/export", "Authorization", read).statusCode()).isEqualTo(200);
      String backup = HEADER + GOOD + END;
      assertThat(server.send("POST", "/v1/import", backup, "Authorization", read).statusCode())
          .isEqualTo(403);
      assertThat(
              server
                  .send("POST", "/v1/import?overwrite=true", backup, "Authorization", write)
                  .statusCode())
          .isEqualTo(200);
      String rows =
          server
              .get("/v1/audit?operation=import", "Authorization", "Bearer " + admin.secret())
              .body();
      assertThat(rows).contains("\"principal\":\"w\"").contains("\"mode\":\"overwrite\"");
      assertThat(rows).contains("\"affected\":1").doesNotContain("\"principal\":\"r\"");
    }
  }

  // ---- windows

  /// The whole would not fit into what may be held for one request.
  @Test
  void aReaderThatWaitsHoldsTheExportUp() throws IOException {
    try (var server = TestingServer.start(QUIET);
        var socket = new Socket(server.address().host(), server.address().port())) {
      byte[] value = new byte[1 << 20];
      new Random(1).nextBytes(value);
      for (int i = 0; i < 24; i++) {
        server.send("PUT", ENTRIES + "k" + i, value);
      }
      socket.setReceiveBufferSize(64 * 1024);
      socket
          .getOutputStream()
          .write(
              "GET /v1/export HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                  .getBytes(UTF_8));
      InputStream in = socket.getInputStream();
      byte[] head = in.readNBytes(1_000);
      assertThat(new String(head, UTF_8)).startsWith("HTTP/1.1 200").contains("chunked");
      // Others are served meanwhile, and what is deleted now is not exported any more.
      assertThat(server.send("DELETE", ENTRIES + "k9", "").statusCode()).isEqualTo(204);
      String rest = new String(in.readAllBytes(), UTF_8);
      assertThat(rest).contains("\"entries\":23").doesNotContain("\"key\":\"k9\"");
    }
  }

  /// More than a gigabyte, which no heap here has room for.
  @Test
  @Tag("long")
  void aBackupMayBeLargerThanTheMemory() throws Exception {
    try (var server = TestingServer.start(QUIET)) {
      String value = "x".repeat(4 << 20);
      int count = 300;
      byte[] line = GOOD.replace("\"v\"", "\"" + value + "\"").getBytes(UTF_8);
      var out = new PipedOutputStream();
      var in = new PipedInputStream(out, 1 << 20);
      try (ExecutorService threads = Executors.newFixedThreadPool(1)) {
        Future<?> writing =
            threads.submit(() -> {
              try (out) {
                out.write(HEADER.getBytes(UTF_8));
                for (int i = 0; i < count; i++) {
                  out.write(line);
                }
                out.write(("{\"end\":true,\"entries\":" + count + "}\n").getBytes(UTF_8));
              }
              return null;
            });
        HttpResponse<String> answer =
            HttpClient.newHttpClient()
                .send(
                    HttpRequest.newBuilder(
                            URI.create("http://" + server.address() + "/v1/import?overwrite=true"))
                        .version(HttpClient.Version.HTTP_1_1)
                        .POST(BodyPublishers.ofInputStream(() -> in))
                        .build(),
                    BodyHandlers.ofString());
        writing.get();
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        JsonNode report = json(answer.body());
        // All of them under one key: some overtake others.
        assertThat(report.get("restored").asInt() + report.get("kept").asInt()).isEqualTo(count);
      }
    }
  }

  /// JSON can name half of a character; UTF-8 cannot.
  @Test
  void keysThatAreNoTextComeBackToo() {
    try (var server = TestingServer.start(QUIET)) {
      String items = "{\"key\":\"a\",\"text\":\"v\"},{\"key\":\"b\\ud800\",\"text\":\"v\"}";
      server.send("POST", "/v1/caches/default/entries:batchPut", "{\"items\":[" + items + "]}");
      String backup = export(server);
      String everything = "{\"operations\":[{\"scope\":\"everything\"}]}";
      server.send("POST", "/v1/invalidations", everything);
      assertThat(restore(server, backup, "?even_invalidated=true").get("restored").asInt())
          .isEqualTo(2);
      assertThat(keys(export(server))).containsExactly("default a", "default b\uD800");
    }
  }
}
