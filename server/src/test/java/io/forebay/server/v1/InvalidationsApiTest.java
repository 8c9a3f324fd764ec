package io.forebay.server.v1;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.server.TestingOrigin;
import io.forebay.server.TestingServer;
import io.forebay.server.api.Json;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/// `/v1/invalidations` over key-value entries and pages, on a real server.
class InvalidationsApiTest {

  private final TestingOrigin origin = new TestingOrigin();
  private final TestingServer server =
      TestingServer.start(origin.asSetting() + "log: {exchanges: off}");

  @AfterEach
  void stop() {
    server.close();
    origin.close();
  }

  // ---- small things

  private void put(String cache, String key, String tags) {
    String path = "/v1/caches/" + cache + "/entries/" + key;
    assertThat(server.send("PUT", path, "v", "Cache-Tag", tags).statusCode()).isBetween(201, 204);
  }

  private boolean isThere(String cache, String key) {
    return server.get("/v1/caches/" + cache + "/entries/" + key).statusCode() == 200;
  }

  private HttpResponse<String> post(String body) {
    return server.send("POST", "/v1/invalidations", body.replace('\'', '"'));
  }

  private static JsonNode json(HttpResponse<String> response) {
    return Json.tree(response.body().getBytes(UTF_8)).orElseThrow();
  }

  private JsonNode done(String body) {
    HttpResponse<String> response = post(body);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return json(response);
  }

  private String statistics() {
    return server.get("/v1/stats").body();
  }

  private List<String> auditRows() {
    List<String> rows = new ArrayList<>();
    json(server.get("/v1/audit?operation=invalidate"))
        .get("rows")
        .forEach(row ->
            rows.add(
                String.join(
                    " ",
                    row.path("cache").asString("-"),
                    row.path("scope").asString("-"),
                    row.path("mode").asString("-"),
                    row.path("reason").asString("-"),
                    row.get("outcome").asString(),
                    row.path("status").toString(),
                    row.has("affected") ? row.get("affected").toString() : "-")));
    return rows;
  }

  // ---- in force

  @Test
  void aTagCoversEntriesAndPagesAndTheReceiptGrows() {
    origin.tag("/news", "news, home");
    put("default", "a", "news");
    put("default", "b", "other");
    assertThat(server.storedPage("/news")).isEqualTo("/news #1");
    JsonNode receipt =
        done("{'operations': [{'scope': 'tags', 'values': ['news']}], 'why': 'new headline'}");
    assertThat(isThere("default", "a")).isFalse();
    assertThat(isThere("default", "b")).isTrue();
    assertThat(server.getPage("/news").body()).isEqualTo("/news #2");

    assertThat(receipt.get("state").asString()).isIn("in_force", "swept");
    assertThat(receipt.get("who").asString()).isEqualTo("local");
    assertThat(receipt.get("why").asString()).isEqualTo("new headline");
    assertThat(receipt.get("source").asString()).isEqualTo("api");
    assertThat(receipt.at("/operations/0").toString())
        .isEqualTo("{\"scope\":\"tags\",\"values\":[\"news\"],\"mode\":\"hard\"}");
    assertThat(receipt.at("/log/kept").asBoolean()).isTrue();
    assertThat(receipt.at("/nodes/0/in_force").asString()).isNotEmpty();
    assertThat(receipt.has("downstream")).as("there is nothing downstream").isFalse();

    String path = "/v1/invalidations/" + receipt.get("id").asString();
    await()
        .untilAsserted(() -> {
          JsonNode grown = json(server.get(path));
          assertThat(grown.get("state").asString()).isEqualTo("swept");
          assertThat(grown.at("/nodes/0/tiers/0").toString())
              .isEqualTo(
                  "{\"tier\":\"memory\",\"state\":\"erased\",\"erased\":2,\"marked_stale\":0}");
          assertThat(grown.at("/nodes/0/swept").asString()).isNotEmpty();
        });
    await()
        .untilAsserted(() ->
            assertThat(auditRows()).containsExactly("- tags:news hard new headline done 200 2"));
  }

  @Test
  void aSoftOneLeavesStaleWhatItCovers() {
    server.storedPage("/p");
    done(
        "{'operations': [{'scope': 'urls', 'values': ['"
            + server.pageUrl("/p")
            + "']}], 'mode': 'soft'}");
    var stale = server.getPage("/p");
    assertThat(stale.body()).as("served while it is refreshed").isEqualTo("/p #1");
    assertThat(stale.headers().firstValue("Cache-Status").orElse("")).contains("hit; ttl=0");
    await().until(() -> server.getPage("/p").body().equals("/p #2"));
  }

  @Test
  void oneOperationMayBeSoftAndAnotherHard() {
    put("default", "soft", "t");
    put("default", "hard", "t");
    JsonNode receipt =
        done(
            "{'operations': [{'scope': 'keys', 'values': ['soft'], 'mode': 'soft'},"
                + " {'scope': 'keys', 'values': ['hard']}]}");
    assertThat(receipt.at("/nodes/0/tiers/0/erased").asInt()).isEqualTo(1);
    assertThat(receipt.at("/nodes/0/tiers/0/marked_stale").asInt()).isEqualTo(1);
    assertThat(receipt.get("state").asString()).as("keys act at once").isEqualTo("swept");
    assertThat(isThere("default", "hard")).isFalse();
    var stale = server.get("/v1/caches/default/entries/soft");
    assertThat(stale.headers().firstValue("Cache-Status"))
        .hasValue("forebay; hit; ttl=0; detail=\"invalidated-soft\"");
    assertThat(stale.headers().firstValue("Cache-Control"))
        .as("whoever keeps it does not take it for fresh")
        .hasValue("max-age=" + stale.headers().firstValue("Age").orElse(""));
    assertThat(auditRows()).containsExactly("- keys:soft; keys:hard hard,soft - done 200 2");
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          keys       | users:1                | users:1
          tags       | vip                    | users:2 orders:1
          prefixes   | users:                 | users:1 users:2
          patterns   | *:1                    | users:1 orders:1
          everything |                        | users:1 users:2 orders:1 plain
          """)
  void everyScopeCoversEntriesOfOneCacheOrOfAll(String scope, String value, String gone) {
    List<String> keys = List.of("users:1", "users:2", "orders:1", "plain");
    server.send("PUT", "/v1/caches/other", "");
    for (boolean inOneCache : List.of(true, false)) {
      for (String cache : List.of("default", "other")) {
        put(cache, "users:1", "t");
        put(cache, "users:2", "vip");
        put(cache, "orders:1", "vip");
        put(cache, "plain", "t");
      }
      String values = value == null ? "" : ", 'values': ['" + value + "']";
      String cache = inOneCache ? ", 'cache': 'other'" : "";
      done("{'operations': [{'scope': '" + scope + "'" + values + cache + "}]}");
      List<String> expected =
          keys.stream().filter(key -> !List.of(gone.split(" ", -1)).contains(key)).toList();
      assertThat(keys.stream().filter(key -> isThere("other", key))).isEqualTo(expected);
      assertThat(keys.stream().filter(key -> isThere("default", key)))
          .isEqualTo(inOneCache ? keys : expected);
    }
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          urls       | http://127.0.0.1:PORT/varying/a    | /varying/a
          urls       | HTTPS://127.0.0.1:PORT/varying/a#x | /varying/a
          hosts      | 127.0.0.1                          | /varying/a /b/1 /b/2?q[]=é
          hosts      | 127.0.0.1:PORT                     | /varying/a /b/1 /b/2?q[]=é
          hosts      | 127.0.0.1:1                        |
          prefixes   | http://127.0.0.1:PORT/b/           | /b/1 /b/2?q[]=é
          prefixes   | https://127.0.0.1:PORT/b/          | /b/1 /b/2?q[]=é
          patterns   | *://*/b/1                          | /b/1
          urls       | http://127.0.0.1:PORT/b/2?q[]=é    | /b/2?q[]=é
          everything |                                    | /varying/a /b/1 /b/2?q[]=é
          """)
  void everyScopeCoversPagesInAllTheirVariants(String scope, String value, String gone) {
    List<String> paths = List.of("/varying/a", "/b/1", "/b/2?q%5B%5D=%C3%A9");
    for (String language : List.of("de", "fr")) {
      paths.forEach(path -> server.storedPage(path, "Accept-Language", language));
    }
    int before = origin.rendered();
    String port = Integer.toString(server.running().proxyAddress().orElseThrow().port());
    String values =
        value == null
            ? ""
            : ", 'values': ['" + value.replace("PORT", port).replace("[]", "%5B%5D") + "']";
    done("{'operations': [{'scope': '" + scope + "', 'cache': 'pages'" + values + "}]}");
    List<String> missed = new ArrayList<>();
    for (String path : paths) {
      for (String language : List.of("de", "fr")) {
        var answer = server.sendToProxy("GET", path, "Accept-Language", language);
        if (!answer.headers().firstValue("Cache-Status").orElse("").contains("hit; ttl=")) {
          missed.add(path);
        }
      }
    }
    List<String> covered =
        gone == null
            ? List.of()
            : List.of(gone.replace("[]", "%5B%5D").replace("é", "%C3%A9").split(" ", -1));
    assertThat(missed.stream().distinct()).isEqualTo(covered);
    if (covered.contains("/varying/a")) {
      assertThat(missed.stream().filter("/varying/a"::equals)).as("each variant").hasSize(2);
    }
    assertThat(origin.rendered()).isGreaterThanOrEqualTo(before + covered.size());
  }

  @Test
  void aBatchIsInForceAsAWholeOrNotAtAll() {
    IntStream.range(0, 1_000).forEach(i -> put("default", "k" + i, "t" + i));
    String operations =
        IntStream.range(0, 1_000)
            .mapToObj(i -> "{'scope': 'tags', 'values': ['t" + i + "']}")
            .collect(Collectors.joining(","));
    var refused = post("{'operations': [" + operations.replace("t999", "") + "]}");
    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(json(refused).get("field").asString()).isEqualTo("operations[999].values[0]");
    assertThat(isThere("default", "k0")).isTrue();
    JsonNode receipt = done("{'operations': [" + operations + "], 'wait': 'swept'}");
    assertThat(receipt.get("operation_count").asInt()).isEqualTo(1_000);
    assertThat(receipt.get("operations").size())
        .as("as many as are remembered")
        .isBetween(100, 300);
    assertThat(receipt.get("state").asString()).isEqualTo("swept");
    assertThat(receipt.at("/nodes/0/tiers/0/erased").asInt()).isEqualTo(1_000);
    assertThat(isThere("default", "k999")).isFalse();
    assertThat(auditRows().getFirst()).contains("; … +").endsWith(" hard - done 200 1000");
  }

  // ---- nothing is changed

  @Test
  void aDryRunCountsAndChangesNothing() {
    origin.tag("/news", "news");
    put("default", "a", "news");
    put("default", "b", "news");
    server.storedPage("/news");
    String before = statistics();
    String metrics = invalidationMetrics();
    JsonNode counted =
        done(
            "{'operations': [{'scope': 'tags', 'values': ['news']}, {'scope': 'keys', 'values':"
                + " ['a', 'absent']}], 'dry_run': true, 'mode': 'soft'}");
    assertThat(counted.get("dry_run").asBoolean()).isTrue();
    assertThat(counted.get("entries").asInt()).as("each once").isEqualTo(3);
    assertThat(counted.at("/caches/0/cache").asString()).isEqualTo("default");
    assertThat(counted.at("/caches/0/entries").asInt()).isEqualTo(2);
    assertThat(counted.at("/caches/1/cache").asString()).isEqualTo("pages");
    assertThat(counted.at("/caches/1/weight_bytes").asInt()).isPositive();
    assertThat(statistics()).isEqualTo(before);
    assertThat(invalidationMetrics()).isEqualTo(metrics);
    assertThat(auditRows()).isEmpty();
    assertThat(json(server.get("/v1/invalidations")).get("receipts").size()).isZero();
    assertThat(isThere("default", "a")).isTrue();
    assertThat(server.storedPage("/news")).isEqualTo("/news #1");
  }

  private String invalidationMetrics() {
    return server
        .get("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith("forebay_inval") || line.startsWith("forebay_receipts"))
        .collect(Collectors.joining("\n"));
  }

  @Test
  void aPreviewPagesThroughAllCachesByKey() {
    origin.tag("/varying", "news");
    for (int i = 0; i < 5; i++) {
      put("default", "k" + i, "news");
    }
    server.send("PUT", "/v1/caches/other", "");
    put("other", "x", "news, second");
    server.storedPage("/varying", "Accept-Language", "de");
    String before = statistics();
    List<String> seen = new ArrayList<>();
    Optional<String> cursor = Optional.empty();
    int pages = 0;
    do {
      String body =
          "{'operations': [{'scope': 'tags', 'values': ['news']}], 'limit': 2"
              + cursor.map(text -> ", 'cursor': '" + text + "'").orElse("")
              + "}";
      var response = server.send("POST", "/v1/invalidations:preview", body.replace('\'', '"'));
      assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
      JsonNode page = json(response);
      assertThat(page.get("entries").asInt()).isEqualTo(7);
      page.get("matches")
          .forEach(match ->
              seen.add(
                  match.get("cache").asString()
                      + " "
                      + match.path("key").asString(match.path("url").asString(""))
                      + match.path("variant")));
      cursor = Optional.ofNullable(page.get("next_cursor")).map(JsonNode::asString);
      pages++;
    } while (cursor.isPresent());
    assertThat(pages).isEqualTo(4);
    assertThat(seen)
        .containsExactly(
            "default k0",
            "default k1",
            "default k2",
            "default k3",
            "default k4",
            "other x",
            "pages " + server.pageUrl("/varying") + "[\"accept-language:de\"]");
    assertThat(statistics()).isEqualTo(before);
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {}                                                                   | operations               | INVALID
          {'operations': []}                                                   | operations               | INVALID
          {'operations': [null]}                                               | operations[0]            | INVALID
          {'operations': [{'values': ['a']}]}                                  | operations[0].scope      | INVALID
          {'operations': [{'scope': 'tag', 'values': ['a']}]}                  | operations[0].scope      | INVALID
          {'operations': [{'scope': 'tags'}]}                                  | operations[0].values     | INVALID
          {'operations': [{'scope': 'tags', 'values': []}]}                    | operations[0].values     | INVALID
          {'operations': [{'scope': 'tags', 'values': ['']}]}                  | operations[0].values[0]  | INVALID
          {'operations': [{'scope': 'tags', 'values': ['a', ' ']}]}            | operations[0].values[1]  | INVALID
          {'operations': [{'scope': 'tags', 'values': ['a', null]}]}           | operations[0].values[1]  | INVALID
          {'operations': [{'scope': 'tags', 'values': ['\\u0001url:x']}]}      | operations[0].values[0]  | INVALID
          {'operations': [{'scope': 'tags', 'values': ['LONG']}]}              | operations[0].values[0]  | INVALID
          {'operations': [{'scope': 'tags', 'values': 'a'}]}                   | operations[0].values     | JSON
          {'operations': [{'scope': 'tags', 'values': [7]}]}                   | operations[0].values[0]  | JSON
          {'operations': [{'scope': 'keys', 'values': ['LONG']}]}              | operations[0].values[0]  | INVALID
          {'operations': [{'scope': 'keys', 'values': ['k'], 'cache': 'pages'}]} | operations[0].cache    | INVALID
          {'operations': [{'scope': 'patterns', 'values': ['*']}]}             | operations[0].values[0]  | INVALID
          {'operations': [{'scope': 'patterns', 'values': ['?*']}]}            | operations[0].values[0]  | INVALID
          {'operations': [{'scope': 'patterns', 'values': ['a[']}]}            | operations[0].values[0]  | INVALID
          {'operations': [{'scope': 'patterns', 'values': ['LONG']}]}          | operations[0].values[0]  | INVALID
          {'operations': [{'scope': 'prefixes', 'values': ['']}]}              | operations[0].values[0]  | INVALID
          {'operations': [{'scope': 'urls', 'values': ['/a']}]}                | operations[0].values[0]  | INVALID
          {'operations': [{'scope': 'urls', 'values': ['http://a b/']}]}       | operations[0].values[0]  | INVALID
          {'operations': [{'scope': 'urls', 'values': ['http://a/'], 'cache': 'default'}]} | operations[0].cache | INVALID
          {'operations': [{'scope': 'hosts', 'values': ['http://a']}]}         | operations[0].values[0]  | INVALID
          {'operations': [{'scope': 'hosts', 'values': ['*.example']}]}        | operations[0].values[0]  | INVALID
          {'operations': [{'scope': 'everything', 'values': ['a']}]}           | operations[0].values     | INVALID
          {'operations': [{'scope': 'everything', 'mode': 'gentle'}]}          | operations[0].mode       | INVALID
          {'operations': [{'scope': 'everything', 'cache': 'nowhere'}]}        | operations[0].cache      | UNKNOWN
          {'operations': [{'scope': 'everything', 'extra': 1}]}                | operations[0].extra      | JSON
          {'operations': [{'scope': 'everything'}], 'mode': 'x'}               | mode                     | INVALID
          {'operations': [{'scope': 'everything'}], 'wait': 'forever'}         | wait                     | INVALID
          {'operations': [{'scope': 'everything'}], 'timeout': '5'}            | timeout                  | INVALID
          {'operations': [{'scope': 'everything'}], 'timeout': '31s'}          | timeout                  | INVALID
          {'operations': [{'scope': 'everything'}], 'why': 'LONG'}             | why                      | INVALID
          {'operations': [{'scope': 'everything'}], 'dry_run': 'yes'}          | dry_run                  | JSON
          {'operations': [{'scope': 'everything'}], 'tags': []}                | tags                     | JSON
          [                                                                    | body                     | JSON
          """)
  void badInputNamesTheFieldAndInvalidatesNothing(String body, String field, String kind) {
    put("default", "k", "a");
    var response = post(body.replace("LONG", "x".repeat(1_025)));
    JsonNode problem = json(response);
    assertThat(problem.path("field").asString("")).as(response.body()).isEqualTo(field);
    assertThat(problem.path("expected").asString("")).isNotEmpty();
    assertThat(response.statusCode()).isEqualTo(kind.equals("UNKNOWN") ? 404 : 400);
    assertThat(isThere("default", "k")).isTrue();
    assertThat(json(server.get("/v1/invalidations")).get("receipts").size()).isZero();
    assertThat(auditRows()).containsExactly("- - - - refused " + response.statusCode() + " 0");
    assertThat(server.get("/metrics").body())
        .contains("forebay_invalidations_refused_total{source=\"api\"} 1");
    String preview = body.replace("LONG", "x".repeat(1_025)).replace('\'', '"');
    assertThat(server.send("POST", "/v1/invalidations:preview", preview).statusCode())
        .isBetween(400, 404);
  }

  @Test
  void tooManyOperationsOrValuesAreRefused() {
    String operation = "{'scope': 'everything'}";
    String operations = String.join(",", java.util.Collections.nCopies(1_001, operation));
    assertThat(json(post("{'operations': [" + operations + "]}")).get("field").asString())
        .isEqualTo("operations");
    String values = String.join(",", java.util.Collections.nCopies(1_001, "'a'"));
    assertThat(
            json(post("{'operations': [{'scope': 'tags', 'values': [" + values + "]}]}"))
                .get("field")
                .asString())
        .isEqualTo("operations[0].values");
  }

  // ---- receipts

  @Test
  void receiptsAreListedNewestFirst() {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      ids.addFirst(
          done("{'operations': [{'scope': 'tags', 'values': ['t" + i + "']}]}")
              .get("id")
              .asString());
    }
    JsonNode first = json(server.get("/v1/invalidations?limit=3"));
    assertThat(first.get("receipts"))
        .extracting(receipt -> receipt.get("id").asString())
        .isEqualTo(ids.subList(0, 3));
    JsonNode second =
        json(server.get("/v1/invalidations?limit=3&cursor=" + first.get("next_cursor").asString()));
    assertThat(second.get("receipts"))
        .extracting(receipt -> receipt.get("id").asString())
        .isEqualTo(ids.subList(3, 5));
    assertThat(second.has("next_cursor")).isFalse();
    assertThat(server.get("/v1/invalidations/nowhere").statusCode()).isEqualTo(404);
    assertThat(server.get("/v1/invalidations/nowhere").body()).contains("no-such-receipt");
    assertThat(server.get("/v1/invalidations?limit=0").body()).contains("\"field\":\"limit\"");
    assertThat(server.get("/metrics").body())
        .contains("forebay_invalidations_total{source=\"api\"} 5")
        .contains("forebay_receipts 5")
        .contains("forebay_invalidation_log_position 5")
        .contains("forebay_invalidation_log_durable_position 5");
  }

  @Test
  void theAnswerSaysWhereTheReceiptIs() {
    var response = post("{'operations': [{'scope': 'everything', 'cache': 'default'}]}");
    String id = json(response).get("id").asString();
    assertThat(response.headers().firstValue("Location")).hasValue("/v1/invalidations/" + id);
    assertThat(auditRows())
        .hasSize(1)
        .first()
        .asString()
        .startsWith("default everything hard - done 200");
    assertThat(server.get("/v1/audit").body()).contains("\"subject\":\"" + id + "\"");
  }
}
