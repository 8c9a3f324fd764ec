package io.forebay.server.compat;

import static io.forebay.server.compat.CompatServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.server.TestingServer;
import io.forebay.server.compat.ForeignSystem.Door;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class CacheManagementTest {

  private static TestingServer shared;

  private TestingServer server;

  @BeforeAll
  static void start() {
    shared = CompatServer.start();
  }

  @AfterAll
  static void stop() {
    shared.close();
  }

  @BeforeEach
  void empty() {
    server = shared;
    post("/api/cache/clear", "");
  }

  private JsonNode post(String path, String body) {
    var response = server.sendTo(Door.APPLICATION, "POST", path, body);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return json(response);
  }

  private JsonNode get(String path) {
    var response = server.sendTo(Door.APPLICATION, "GET", path, "");
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return json(response);
  }

  @Test
  void anItemComesBackWithEverythingThatWasSet() {
    var set =
        post(
            "/api/cache/set",
            """
            {"key": "user:123", "value": {"name": "John Doe"}, "data_type": "json", "ttl": 3600,
             "backend": "memory", "strategy": "lru",
             "metadata": {"tags": ["user", "profile"], "source": "database", "depth": {"n": 1}}}
            """);
    assertThat(set.get("success").asBoolean()).isTrue();
    var got = get("/api/cache/get/user:123?backend=memory");
    assertThat(got.get("found").asBoolean()).isTrue();
    var item = got.get("cache_item");
    assertThat(item.propertyNames())
        .containsExactly(
            "key",
            "value",
            "data_type",
            "ttl",
            "created_at",
            "accessed_at",
            "access_count",
            "size",
            "metadata");
    assertThat(item.get("value").toString()).isEqualTo("{\"name\":\"John Doe\"}");
    assertThat(item.get("data_type").asString()).isEqualTo("json");
    assertThat(item.get("ttl").asLong()).isEqualTo(3600);
    assertThat(item.get("size").asLong()).isEqualTo(19);
    assertThat(item.get("metadata").get("tags").toString()).isEqualTo("[\"user\",\"profile\"]");
    assertThat(item.get("metadata").get("source").asString()).isEqualTo("database");
    assertThat(item.get("metadata").get("depth").toString()).isEqualTo("{\"n\":1}");
    assertThat(item.get("access_count").asLong()).isEqualTo(1);
  }

  @Test
  void aMissingKeyIsNotFoundButNoError() {
    var missing = get("/api/cache/get/nowhere");
    assertThat(missing.get("found").asBoolean()).isFalse();
    assertThat(missing.get("cache_item").isNull()).isTrue();
    var deleted = server.send("DELETE", "/api/cache/delete/nowhere", "");
    assertThat(deleted.statusCode()).isEqualTo(200);
    assertThat(json(deleted).get("success").asBoolean()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          string     | "text"
          json       | {"a":[1,2.50,null]}
          json       | "a text"
          json       | null
          binary     | "AAH/"
          number     | 12345678901234567890.123456789
          boolean    | false
          list       | [1,"two"]
          dictionary | {"k":"v"}
          """)
  void aValueOfEachKindSurvivesTheRoundTrip(String type, String value) {
    post(
        "/api/cache/set", "{\"key\":\"k\",\"value\":" + value + ",\"data_type\":\"" + type + "\"}");
    var item = get("/api/cache/get/k").get("cache_item");
    assertThat(item.get("value").toString()).isEqualTo(value);
    assertThat(item.get("data_type").asString()).isEqualTo(type);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"value": 1}                                               | key
          {"key": "k"}                                               | value
          {"key": 5, "value": 1}                                     | key
          {"key": "", "value": 1}                                    | key
          {"key": "k", "value": 1, "data_type": "string"}            | value
          {"key": "k", "value": "no base64", "data_type": "binary"}  | value
          {"key": "k", "value": [], "data_type": "dictionary"}       | value
          {"key": "k", "value": 1, "data_type": "set"}               | data_type
          {"key": "k", "value": 1, "ttl": "long"}                    | ttl
          {"key": "k", "value": 1, "ttl": 0}                         | ttl
          {"key": "k", "value": 1, "strategy": "mru"}                | strategy
          {"key": "k", "value": 1, "backend": "tape"}                | backend
          {"key": "k", "value": 1, "metadata": 5}                    | metadata
          {"key": "k", "value": 1, "metadata": {"tags": [1]}}        | metadata.tags
          [1]                                                        | body
          {                                                          | body
          """)
  void aRequestThatDoesNotFitIsRefusedWithTheMember(String body, String member) {
    var refused = server.send("POST", "/api/cache/set", body);
    assertThat(refused.statusCode()).as(refused.body()).isEqualTo(422);
    var detail = json(refused).get("detail").get(0);
    assertThat(detail.get("loc").get(1).asString()).isEqualTo(member);
    assertThat(detail.get("msg").asString()).contains("Expected");
    assertThat(get("/api/cache/keys").get("keys").isEmpty()).isTrue();
  }

  @Test
  void aBackendThatIsNotSetUpSaysWhatIsMissing() {
    var refused =
        server.send(
            "POST", "/api/cache/set", "{\"key\":\"k\",\"value\":1,\"backend\":\"memcached\"}");
    assertThat(refused.statusCode()).isEqualTo(409);
    assertThat(json(refused).get("detail").asString()).contains("caches.memcached.tier");
    assertThat(server.get("/api/cache/get/k?backend=redis").statusCode()).isEqualTo(409);
  }

  @Test
  void batchesAnswerForEachKey() {
    var batch =
        post(
            "/api/cache/set-batch",
            """
            [{"key": "user:123", "value": {"name": "John"}, "data_type": "json", "ttl": 3600},
             {"key": "user:456", "value": {"name": "Jane"}, "data_type": "json", "ttl": 3600}]
            """);
    assertThat(batch.get("success").asBoolean()).isTrue();
    assertThat(batch.get("successful").asInt()).isEqualTo(2);
    var results =
        post("/api/cache/get-batch", "[\"user:123\", \"user:456\", \"user:789\"]").get("results");
    assertThat(results).hasSize(3);
    assertThat(results.get(1).get("key").asString()).isEqualTo("user:456");
    assertThat(results.get(1).get("success").asBoolean()).isTrue();
    assertThat(results.get(1).get("result").get("cache_item").get("value").toString())
        .isEqualTo("{\"name\":\"Jane\"}");
    assertThat(results.get(2).get("success").asBoolean()).isTrue();
    assertThat(results.get(2).get("result").get("found").asBoolean()).isFalse();
    var refused =
        server.send(
            "POST", "/api/cache/set-batch", "[{\"key\":\"a\",\"value\":1},{\"key\":\"b\"}]");
    assertThat(refused.statusCode()).isEqualTo(422);
    assertThat(json(refused).get("detail").get(0).get("loc").get(1).asString())
        .isEqualTo("[1].value");
    assertThat(get("/api/cache/get/a").get("found").asBoolean())
        .as("a batch that is wrong changes nothing")
        .isFalse();
  }

  @Test
  void keysAreListedByPatternOffsetAndLimit() {
    for (String key : new String[] {"config:a", "config:b", "config:c", "user:1"}) {
      post("/api/cache/set", "{\"key\":\"" + key + "\",\"value\":\"v\"}");
    }
    assertThat(get("/api/cache/keys?pattern=config:*").get("keys").toString())
        .isEqualTo("[\"config:a\",\"config:b\",\"config:c\"]");
    var page = get("/api/cache/keys?pattern=config:*&limit=1&offset=1");
    assertThat(page.get("keys").toString()).isEqualTo("[\"config:b\"]");
    assertThat(page.get("has_more").asBoolean()).isTrue();
    assertThat(server.get("/api/cache/keys?limit=0").statusCode()).isEqualTo(422);
  }

  @Test
  void clearingTakesAPatternOrEverything() {
    for (String key : new String[] {"user:1", "user:2", "page:1"}) {
      post("/api/cache/set", "{\"key\":\"" + key + "\",\"value\":\"v\"}");
    }
    assertThat(
            post("/api/cache/clear?pattern=user:*&backend=memory", "").get("cleared_count").asInt())
        .isEqualTo(2);
    assertThat(get("/api/cache/keys").get("keys").toString()).isEqualTo("[\"page:1\"]");
    assertThat(post("/api/cache/clear", "").get("cleared_count").asInt()).isEqualTo(1);
  }

  @Test
  void tagsAndAPatternAreInvalidatedInOneCall() {
    post("/api/cache/set", "{\"key\":\"a\",\"value\":1,\"metadata\":{\"tags\":[\"user\"]}}");
    post("/api/cache/set", "{\"key\":\"temp:1\",\"value\":1}");
    post("/api/cache/set", "{\"key\":\"b\",\"value\":1}");
    var done =
        post(
            "/api/cache/invalidate",
            "{\"tags\": [\"user\", \"profile\"], \"pattern\": \"temp:*\"}");
    assertThat(done.get("invalidated_count").asInt()).isEqualTo(2);
    assertThat(get("/api/cache/keys").get("keys").toString()).isEqualTo("[\"b\"]");
    assertThat(server.send("POST", "/api/cache/invalidate", "{}").statusCode()).isEqualTo(422);
  }

  @Test
  void statisticsAreInPercentAndBytes() {
    try (var own = CompatServer.start()) {
      server = own;
      post("/api/cache/set", "{\"key\":\"a\",\"value\":1,\"data_type\":\"number\"}");
      get("/api/cache/get/a");
      get("/api/cache/get/a");
      get("/api/cache/get/a");
      get("/api/cache/get/b");
      var statistics = get("/api/cache/stats?backend=memory").get("statistics");
      assertThat(statistics.get("hit_rate").asDouble()).isEqualTo(75);
      assertThat(statistics.get("miss_rate").asDouble()).isEqualTo(25);
      assertThat(statistics.get("total_memory_usage").asLong()).isPositive();
      assertThat(statistics.get("total_items").asLong()).isEqualTo(1);
      assertThat(statistics.get("hot_keys").get(0).toString())
          .isEqualTo("{\"key\":\"a\",\"access_count\":3}");
      assertThat(statistics.get("memory_by_data_type").get("number").asLong()).isPositive();
      assertThat(statistics.get("response_time_ms").get("p50").asDouble()).isPositive();
    }
  }

  @Test
  void theConfigurationIsChangedAtRunTimeAndReadBack() {
    try (var own = CompatServer.start()) {
      server = own;
      String printed =
          """
          {"backend": "memory", "strategy": "lru", "max_memory": 104857600, "max_items": 10000,
           "default_ttl": 3600, "cleanup_interval": 300, "compression_enabled": false,
           "encryption_enabled": false}
          """;
      assertThat(post("/api/cache/config", printed).get("success").asBoolean()).isTrue();
      assertThat(get("/api/cache/config").toString()).isEqualTo(printed.replaceAll("\\s", ""));
      assertThat(json(server.get("/v1/caches/default")).get("eviction_policy").asString())
          .isEqualTo("lru");
      post("/api/cache/config", "{\"max_items\": 3, \"default_ttl\": 10}");
      assertThat(get("/api/cache/config").get("strategy").asString())
          .as("what is left out stays")
          .isEqualTo("lru");
      for (int i = 0; i < 10; i++) {
        post("/api/cache/set", "{\"key\":\"k" + i + "\",\"value\":1}");
      }
      assertThat(get("/api/cache/keys").get("keys")).hasSizeLessThanOrEqualTo(3);
      assertThat(get("/api/cache/get/k9").get("cache_item").get("ttl").asLong()).isEqualTo(10);
      for (String wrong :
          new String[] {
            "{\"strategy\": \"mru\"}", "{\"max_items\": 0}", "{\"default_ttl\": \"1h\"}",
          }) {
        assertThat(server.send("POST", "/api/cache/config", wrong).statusCode()).isEqualTo(422);
      }
      assertThat(
              server
                  .send("POST", "/api/cache/config", "{\"encryption_enabled\": true}")
                  .statusCode())
          .isEqualTo(409);
    }
  }

  @Test
  void warmingSetsWhatItIsGivenAndIsRemembered() {
    var warmed =
        post(
            "/api/cache/warm",
            """
            {"config:app": {"version": "1.0.0"}, "stats:daily": {"users": 1000}, "n": 5}
            """);
    assertThat(warmed.get("success").asBoolean()).isTrue();
    assertThat(warmed.get("warmed_count").asInt()).isEqualTo(3);
    assertThat(get("/api/cache/get/n").get("cache_item").get("data_type").asString())
        .isEqualTo("number");
    assertThat(get("/api/warming/history").get("history").get(0).get("job_id"))
        .isEqualTo(warmed.get("job_id"));
  }

  @Test
  void theWholeCacheIsExported() {
    post("/api/cache/set", "{\"key\":\"a\",\"value\":\"AAH/\",\"data_type\":\"binary\"}");
    post("/api/cache/set", "{\"key\":\"b\",\"value\":[1],\"ttl\":5}");
    var export = get("/api/cache/export?format=json");
    assertThat(export.get("count").asInt()).isEqualTo(2);
    assertThat(export.get("items").get(0).get("value").asString()).isEqualTo("AAH/");
    assertThat(export.get("items").get(1).get("value").toString()).isEqualTo("[1]");
    var first = get("/api/cache/export?limit=1");
    assertThat(first.get("has_more").asBoolean()).isTrue();
    assertThat(get("/api/cache/export?offset=" + first.get("next_offset")).get("count").asInt())
        .isEqualTo(1);
    assertThat(server.get("/api/cache/export?format=xml").statusCode()).isEqualTo(422);
  }

  @Test
  void whatOneSystemWroteTheOthersRead() {
    post("/api/cache/set", "{\"key\":\"shared\",\"value\":{\"n\":1},\"data_type\":\"json\"}");
    assertThat(json(server.get("/api/v1/cache/shared")).get("value").toString())
        .isEqualTo("{\"n\":1}");
    assertThat(json(server.get("/api/cache/shared")).get("value").toString())
        .isEqualTo("{\"n\":1}");
    assertThat(server.get("/v1/caches/default/entries/shared").body()).isEqualTo("{\"n\":1}");
    assertThat(json(server.get("/cache")).get(0).get("value").asString()).isEqualTo("{\"n\":1}");
    server.send("PUT", "/v1/caches/default/entries/raw", "bytes", "Content-Type", "image/png");
    assertThat(get("/api/cache/get/raw").get("cache_item").get("data_type").asString())
        .isEqualTo("binary");
  }
}
