package io.forebay.server.compat;

import static io.forebay.server.compat.CompatServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.cache.testing.Opened;
import io.forebay.cache.testing.TestingMemcached;
import io.forebay.cache.testing.TestingRedis;
import io.forebay.server.TestingServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/// What clients of other systems are told while other nodes cannot be told: the shared log is away,
/// the tier is there.
class PendingAnswersTest {

  private static final Opened OPENED = new Opened();
  private static TestingServer server;

  @BeforeAll
  static void startAndLoseTheLog() {
    TestingRedis redis = OPENED.add(TestingRedis.inMemory());
    TestingMemcached memcached = OPENED.add(TestingMemcached.run());
    server =
        OPENED.add(
            TestingServer.start(
                """
                %sredis: {url: "%s"}
                memcached: {url: "%s"}
                invalidation: {log: redis, lease: 60s}
                entries: {tier: memcached}
                """
                    .formatted(CompatServer.ALL, redis.url(), memcached.url())));
    for (String key : new String[] {"a", "b", "c"}) {
      assertThat(server.send("PUT", "/v1/caches/default/entries/" + key, "1").statusCode())
          .isEqualTo(201);
    }
    redis.kill();
  }

  @AfterAll
  static void stop() {
    OPENED.close();
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          PUT    | /v1/caches/default/entries/new      | 1
          POST   | /api/v1/cache/new                   | {"value": 1}
          PUT    | /api/cache/new                      | {"value": 1}
          POST   | /set                                | {"key": "new", "value": "1"}
          POST   | /api/cache/set                      | {"key": "new", "value": 1}
          POST   | /api/cache/set-batch                | [{"key": "new", "value": 1}]
          POST   | /api/cache/warm                     | {"new": 1}
          DELETE | /api/v1/cache/a                     |
          DELETE | /api/cache/b                        |
          DELETE | /api/cache/delete/c                 |
          POST   | /api/v1/invalidate/tag/t            |
          POST   | /api/invalidate                     | {"keys": ["k"]}
          POST   | /api/invalidate/pattern             | {"pattern": "k:*"}
          POST   | /api/cache/clear?pattern=k:*        |
          POST   | /api/cache/invalidate               | {"tags": ["t"]}
          """)
  void whatOtherNodesHaveNotHeardIsAccepted(String method, String path, String body) {
    var answer = server.send(method, path, body == null ? "" : body);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    if (path.startsWith("/api/")) {
      assertThat(json(answer).path("pending").asBoolean()).as(answer.body()).isTrue();
    }
  }

  @Test
  void theAnswerIsOtherwiseTheUsualOne() {
    JsonNode set = json(server.send("POST", "/api/cache/set", "{\"key\": \"k\", \"value\": 1}"));
    assertThat(set.get("success").asBoolean()).isTrue();
    assertThat(set.get("message").asString())
        .isEqualTo("Cached k; other nodes hear of it once the log is back");
    JsonNode batch =
        json(server.send("POST", "/api/cache/set-batch", "[{\"key\": \"k\", \"value\": 1}]"));
    assertThat(batch.get("successful").asInt()).isEqualTo(1);
    assertThat(batch.at("/results/0/pending").asBoolean()).isTrue();
    JsonNode tag = json(server.send("POST", "/api/v1/invalidate/tag/t", ""));
    assertThat(tag.propertyNames()).containsExactly("tag", "invalidated", "id", "pending");
    assertThat(server.get("/v1/invalidations/" + tag.get("id").asString()).body())
        .contains("\"state\":\"pending\"");
    assertThat(server.send("POST", "/set", "{\"key\": \"k\", \"value\": \"1\"}").body())
        .matches("Key k set with TTL \\d+s; other nodes hear of it once the log is back");
  }

  @Test
  void warmingIsPendingIfOneOfItsValuesIs() {
    JsonNode warm = json(server.send("POST", "/api/cache/warm", "{\"w1\": 1, \"w2\": 2}"));
    assertThat(warm.get("success").asBoolean()).isTrue();
    assertThat(warm.get("warmed_count").asInt()).isEqualTo(2);
    assertThat(server.get("/api/warming/history?limit=1").body())
        .contains("\"loaded\":2,\"pending\":2");
  }
}
