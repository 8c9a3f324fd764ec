package io.forebay.server.v1;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.cache.testing.TestingTimeSource;
import io.forebay.server.TestingServer;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EntriesApiTest {

  private static final TestingTimeSource time = new TestingTimeSource();
  private static TestingServer server = TestingServer.start("log: {exchanges: off}", time);

  @BeforeAll
  static void start() {
    assertThat(server.get("/health/ready").statusCode()).isEqualTo(200);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void emptyCache() {
    server.send("DELETE", "/v1/caches/t", "");
    assertThat(server.send("PUT", "/v1/caches/t", "").statusCode()).isEqualTo(201);
  }

  private static String at(String key) {
    return "/v1/caches/t/entries/" + key;
  }

  private static String field(HttpResponse<?> response, String name) {
    return response.headers().firstValue(name).orElse("");
  }

  private static String put(String key, String value, String... fields) {
    HttpResponse<String> response = server.send("PUT", at(key), value, fields);
    assertThat(response.statusCode()).isIn(201, 204);
    return field(response, "ETag");
  }

  private static String listing() {
    return server.get("/v1/caches/t/entries").body();
  }

  @Test
  void aValueIsReadAsItWasWritten() {
    put(
        "k",
        "value",
        "Content-Type",
        "text/x-special; charset=utf-8",
        "Cache-Control",
        "max-age=60, stale-while-revalidate=30",
        "Cache-Tag",
        "a, b",
        "Forebay-Meta-Source",
        "import 7");
    time.advance(Duration.ofSeconds(20));
    HttpResponse<String> read = server.get(at("k"));
    assertThat(read.statusCode()).isEqualTo(200);
    assertThat(read.body()).isEqualTo("value");
    assertThat(field(read, "Content-Type")).isEqualTo("text/x-special; charset=utf-8");
    assertThat(field(read, "Cache-Control")).isEqualTo("max-age=60, stale-while-revalidate=30");
    assertThat(field(read, "Age")).isEqualTo("20");
    assertThat(field(read, "Cache-Status")).isEqualTo("forebay; hit; ttl=40");
    assertThat(field(read, "Cache-Tag")).isEqualTo("a, b");
    assertThat(field(read, "Forebay-Meta-Source")).isEqualTo("import 7");

    HttpResponse<String> head = server.send("HEAD", at("k"), "");
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
    assertThat(field(head, "Content-Length")).isEqualTo("5");
    assertThat(field(head, "ETag")).isEqualTo(field(read, "ETag"));
  }

  @Test
  void anEntryIsStaleAfterItsLifetimeAndGoneAfterItsStaleWindow() {
    put("k", "v", "Cache-Control", "max-age=10, stale-while-revalidate=5");
    time.advance(Duration.ofSeconds(12));
    HttpResponse<String> stale = server.get(at("k"));
    assertThat(stale.statusCode()).isEqualTo(200);
    assertThat(field(stale, "Cache-Status")).isEqualTo("forebay; hit; ttl=-2");
    assertThat(field(stale, "Age")).isEqualTo("12");
    time.advance(Duration.ofSeconds(4));
    assertThat(server.get(at("k")).statusCode()).isEqualTo(404);
  }

  @Test
  void withoutALifetimeAnEntryLivesForTheCachesDefault() {
    put("k", "v");
    assertThat(field(server.get(at("k")), "Cache-Control")).isEqualTo("max-age=3600");
    assertThat(server.send("PUT", "/v1/caches/t", "{\"default_ttl\": \"90s\"}").statusCode())
        .isEqualTo(200);
    put("k", "v");
    assertThat(field(server.get(at("k")), "Cache-Control")).isEqualTo("max-age=90");
  }

  @ParameterizedTest(name = "{0} is the key {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          plain              | plain
          user:123           | user:123
          a/b/c              | a/b/c
          a%2Fb%2Fc          | a/b/c
          a//b               | a//b
          ..                 | ..
          %2E%2E/x           | ../x
          a/./b              | a/./b
          with%20space       | with space
          plus+plus          | plus+plus
          100%25             | 100%
          %2541              | %41
          caf%C3%A9          | café
          %F0%9F%90%9F       | 🐟
          trailing/          | trailing/
          ?                  | ?
          entries:batchGet   | entries:batchGet
          """)
  void keysAreThePathRemainderDecodedOnce(String raw, String key) {
    String encoded = raw.equals("?") ? "%3F" : raw;
    String request =
        "PUT "
            + at(encoded)
            + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx";
    assertThat(server.raw(request)).startsWith("HTTP/1.1 201");
    assertThat(listing()).contains("\"key\":\"" + key + "\"");
    assertThat(
            server.raw(
                "GET " + at(encoded) + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 200")
        .endsWith("\r\n\r\nx");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 255, 65_536, 8 * 1024 * 1024})
  void anyBytesUpToTheLimitAreKept(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    assertThat(server.send("PUT", at("b"), bytes).statusCode()).isEqualTo(201);
    var read = server.sendForBytes("GET", at("b"), new byte[0], BodyHandlers.ofByteArray());
    assertThat(read.body()).isEqualTo(bytes);
    assertThat(field(read, "Content-Type")).isEqualTo("application/octet-stream");
  }

  @Test
  void aValueOverTheLimitIsRefusedDeclaredOrNot() {
    int tooMuch = 8 * 1024 * 1024 + 1;
    assertThat(
            server.raw(
                "PUT "
                    + at("b")
                    + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
                    + tooMuch
                    + "\r\n\r\n"))
        .startsWith("HTTP/1.1 413")
        .contains("\"expected\":\"at most 8388608 bytes\"");
    var chunked = new StringBuilder();
    chunked.append("PUT ").append(at("b"));
    chunked.append(" HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
    chunked.append(Integer.toHexString(tooMuch)).append("\r\n").append("x".repeat(tooMuch));
    assertThat(server.raw(chunked.toString())).startsWith("HTTP/1.1 413");
    assertThat(listing()).isEqualTo("{\"entries\":[]}");
  }

  @Test
  void everyWriteHasANewVersionAndCompareAndSetGoesByIt() {
    String first = put("k", "A");
    String second = put("k", "B");
    String third = put("k", "A");
    assertThat(Set.of(first, second, third)).hasSize(3);
    assertThat(server.send("PUT", at("k"), "C", "If-Match", first).statusCode()).isEqualTo(412);
    assertThat(server.send("PUT", at("k"), "C", "If-Match", "W/" + third).statusCode())
        .isEqualTo(412);
    assertThat(server.send("PUT", at("k"), "C", "If-Match", "\"no-such\"").statusCode())
        .isEqualTo(412);
    assertThat(server.get(at("k")).body()).isEqualTo("A");
    assertThat(server.send("PUT", at("k"), "C", "If-Match", "\"x\", " + third).statusCode())
        .isEqualTo(204);
    assertThat(server.send("PUT", at("other"), "C", "If-Match", "*").statusCode()).isEqualTo(412);
    assertThat(server.send("DELETE", at("k"), "", "If-Match", third).statusCode()).isEqualTo(412);
    assertThat(server.send("DELETE", at("k"), "", "If-Match", "*").statusCode()).isEqualTo(204);
    assertThat(server.send("DELETE", at("k"), "").statusCode()).isEqualTo(404);
  }

  @Test
  void addOnlyDoesNotReplace() {
    assertThat(server.send("PUT", at("k"), "A", "If-None-Match", "*").statusCode()).isEqualTo(201);
    var second = server.send("PUT", at("k"), "B", "If-None-Match", "*");
    assertThat(second.statusCode()).isEqualTo(412);
    assertThat(field(second, "ETag")).isNotEmpty();
    assertThat(server.get(at("k")).body()).isEqualTo("A");
  }

  @Test
  void ofConcurrentAddsAndOfConcurrentSwapsExactlyOneWins() throws Exception {
    assertThat(winners("If-None-Match", "*")).isEqualTo(1);
    assertThat(winners("If-Match", field(server.get(at("k")), "ETag"))).isEqualTo(1);
  }

  private static long winners(String field, String value)
      throws InterruptedException, ExecutionException {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Integer>> writes = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        String body = "writer " + i;
        writes.add(() -> server.send("PUT", at("k"), body, field, value).statusCode());
      }
      int won = 0;
      for (Future<Integer> write : threads.invokeAll(writes)) {
        assertThat(write.get()).isIn(201, 204, 412);
        won += write.get() == 412 ? 0 : 1;
      }
      return won;
    }
  }

  @Test
  void aReaderThatHoldsTheVersionGets304() {
    String etag = put("k", "v", "Cache-Control", "max-age=60");
    for (String held : List.of(etag, "W/" + etag, "\"x\", " + etag, "*")) {
      var response = server.get(at("k"), "If-None-Match", held);
      assertThat(response.statusCode()).as(held).isEqualTo(304);
      assertThat(response.body()).isEmpty();
      assertThat(field(response, "ETag")).isEqualTo(etag);
      assertThat(field(response, "Cache-Control")).isEqualTo("max-age=60");
    }
    assertThat(server.get(at("k"), "If-None-Match", "\"x\"").statusCode()).isEqualTo(200);
    assertThat(server.get(at("k"), "If-Match", "\"x\"").statusCode()).isEqualTo(412);
    assertThat(server.get(at("absent"), "If-Match", "*").statusCode()).isEqualTo(412);
  }

  @ParameterizedTest(name = "Cache-Control: {0}")
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          max-age=5                         | max-age=5
          MAX-AGE=5                         | max-age=5
          max-age="5"                       | max-age=5
          max-age=5, s-maxage=7             | max-age=7
          stale-while-revalidate=9          | max-age=3600, stale-while-revalidate=9
          max-age=99999999999999999999999   | max-age=2147483648
          ,max-age=5,,                      | max-age=5
          """)
  void lifetimesAreUnderstood(String given, String kept) {
    put("k", "v", "Cache-Control", given);
    assertThat(field(server.get(at("k")), "Cache-Control")).isEqualTo(kept);
  }

  @ParameterizedTest(name = "PUT {0} with {1}: {2} → {3} {4}")
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          k  | Cache-Control    | 60                     | 400 | Cache-Control: 60
          k  | Cache-Control    | max-age=-1             | 400 | Cache-Control: max-age
          k  | Cache-Control    | max-age=1.5            | 400 | Cache-Control: max-age
          k  | Cache-Control    | max-age=30s            | 400 | Cache-Control: max-age
          k  | Cache-Control    | max-age                | 400 | Cache-Control: max-age
          k  | Cache-Control    | max-age=               | 400 | Cache-Control: max-age
          k  | Cache-Control    | max-age=1, max-age=2   | 400 | Cache-Control: max-age
          k  | Cache-Control    | stale-while-revalidate=x | 400 | Cache-Control: stale-while-revalidate
          k  | Cache-Control    | no-store               | 400 | Cache-Control: no-store
          k  | Cache-Control    | private                | 400 | Cache-Control: private
          k  | If-Match         | 17                     | 400 | If-Match
          k  | If-Match         | "17                    | 400 | If-Match
          k  | If-None-Match    | "17"                   | 400 | If-None-Match
          k  | Content-Type     | nonsense               | 400 | Content-Type
          k  | Content-Encoding | gzip                   | 415 | Content-Encoding
          k  | Content-Range    | bytes 0-1/5            | 400 | Content-Range
          -  | X                | x                      | 400 | key
          k?a=b | X             | x                      | 400 | a
          %zz | X               | x                      | 400 | key
          %C3 | X               | x                      | 400 | key
          """)
  void whatIsWrongIsNamedAndNothingChanges(
      String key, String name, String value, int status, String wrong) {
    String request =
        "PUT "
            + at(key == null ? "" : key)
            + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 1\r\n"
            + name
            + ": "
            + value
            + "\r\n\r\nx";
    assertThat(server.raw(request))
        .startsWith("HTTP/1.1 " + status)
        .contains("Content-Type: application/problem+json")
        .contains("\"field\":\"" + wrong + "\"")
        .contains("\"expected\":\"");
    assertThat(listing()).isEqualTo("{\"entries\":[]}");
  }

  @Test
  void aKeyOfTheLongestLengthIsKeptAndOneMoreByteIsRefused() {
    String longest = "é".repeat(125);
    assertThat(server.send("PUT", at("%C3%A9".repeat(125)), "v").statusCode()).isEqualTo(201);
    assertThat(listing()).contains(longest);
    var refused = server.send("PUT", at("%C3%A9".repeat(125) + "x"), "v");
    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(refused.body()).contains("251 bytes").contains("entries.max_key_bytes");
    assertThat(server.get(at("x".repeat(251))).statusCode()).isEqualTo(400);
  }

  @ParameterizedTest
  @CsvSource({"GET", "PUT", "DELETE"})
  void anUnknownCacheIsNamed(String method) {
    var response =
        server.send(method, "/v1/caches/nope/entries/k", method.equals("PUT") ? "v" : "");
    assertThat(response.statusCode()).isEqualTo(404);
    assertThat(response.body()).contains("urn:forebay:problem:unknown-cache");
    assertThat(server.get("/v1/caches").body()).doesNotContain("nope");
  }

  @Test
  void textBeyondAsciiInTagsAndMetadataIsUtf8() {
    String fields = "Cache-Tag: größe\r\nForebay-Meta-Note: naïve 🐟\r\n";
    String utf8 = new String(fields.getBytes(java.nio.charset.StandardCharsets.UTF_8), ISO_8859_1);
    assertThat(
            server.raw(
                "PUT "
                    + at("k")
                    + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                    + "Content-Length: 0\r\n"
                    + utf8
                    + "\r\n"))
        .startsWith("HTTP/1.1 201");
    assertThat(listing()).contains("\"größe\"").contains("naïve 🐟");
    assertThat(
            server.raw(
                "GET " + at("k") + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
        .contains(
            new String("naïve 🐟".getBytes(java.nio.charset.StandardCharsets.UTF_8), ISO_8859_1));
  }

  @Test
  void listingGoesByPrefixPatternAndTagAndPagesThroughAll() {
    Set<String> all = new HashSet<>();
    for (int i = 0; i < 25; i++) {
      put("users:" + i, "v", "Cache-Tag", i % 2 == 0 ? "even" : "odd");
      all.add("users:" + i);
    }
    put("other", "v", "Cache-Tag", "even");
    assertThat(keys("prefix=users:")).containsExactlyInAnyOrderElementsOf(all);
    assertThat(keys("match=users:?")).hasSize(10);
    assertThat(keys("match=users:%5B0-3%5D"))
        .containsExactly("users:0", "users:1", "users:2", "users:3");
    assertThat(keys("tag=even&prefix=users:")).hasSize(13);
    assertThat(keys("tag=eve")).isEmpty();

    Set<String> walked = new HashSet<>();
    String cursor = "";
    int pages = 0;
    do {
      var page = server.get("/v1/caches/t/entries?limit=10" + cursor).body();
      for (String key : keysIn(page)) {
        assertThat(walked.add(key)).as(key).isTrue();
      }
      var next = java.util.regex.Pattern.compile("\"next_cursor\":\"([^\"]+)\"").matcher(page);
      cursor = next.find() ? "&cursor=" + next.group(1) : "";
      pages++;
    } while (!cursor.isEmpty());
    assertThat(walked).hasSize(26);
    assertThat(pages).isEqualTo(3);
  }

  private static List<String> keys(String query) {
    return keysIn(server.get("/v1/caches/t/entries?" + query).body());
  }

  private static List<String> keysIn(String json) {
    List<String> keys = new ArrayList<>();
    var matcher = java.util.regex.Pattern.compile("\"key\":\"([^\"]+)\"").matcher(json);
    while (matcher.find()) {
      keys.add(matcher.group(1));
    }
    return keys;
  }

  @ParameterizedTest
  @CsvSource({
    "limit=0, limit",
    "limit=1001, limit",
    "limit=-1, limit",
    "limit=many, limit",
    "cursor=%25%25, cursor",
    "cursor=A, cursor",
    "match=%5Babc, match",
    "match=abc%5C, match",
    "sort=key, sort",
    "limit=1&limit=2, limit",
    "prefix=%zz, query"
  })
  void aWrongListingIsNamed(String query, String field) {
    // By raw bytes: java.net.URI would refuse the broken encoding itself.
    assertThat(
            server.raw(
                "GET /v1/caches/t/entries?"
                    + query
                    + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 400")
        .contains("\"field\":\"" + field + "\"");
  }
}
