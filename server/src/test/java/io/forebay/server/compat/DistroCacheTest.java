package io.forebay.server.compat;

import static io.forebay.server.compat.CompatServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.server.TestingServer;
import io.forebay.server.compat.ForeignSystem.Door;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class DistroCacheTest {

  private static TestingServer server;

  @BeforeAll
  static void start() {
    server = CompatServer.start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static String item(String value, String more) {
    return "{\"value\": " + value + more + "}";
  }

  @Test
  void anItemIsStoredAndRetrievedWithItsNanoseconds() {
    var stored =
        server.sendTo(
            Door.CACHE,
            "POST",
            "/api/v1/cache/user:123",
            item("{\"name\": \"John\"}", ", \"ttl\": 300, \"tags\": [\"user\", \"session\"]"));
    assertThat(stored.statusCode()).isEqualTo(200);
    var item = json(server.sendTo(Door.CACHE, "GET", "/api/v1/cache/user:123", ""));
    assertThat(item.propertyNames())
        .containsExactly(
            "key", "value", "ttl", "created_at", "accessed_at", "access_count", "tags");
    assertThat(item.get("key").asString()).isEqualTo("user:123");
    assertThat(item.get("value").toString()).isEqualTo("{\"name\":\"John\"}");
    assertThat(item.get("ttl").asLong()).isEqualTo(300_000_000_000L);
    assertThat(item.get("tags").toString()).isEqualTo("[\"user\",\"session\"]");
    assertThat(item.get("created_at").asString()).endsWith("Z");
    assertThat(Duration.between(Instant.parse(item.get("created_at").asString()), Instant.now()))
        .isLessThan(Duration.ofMinutes(5));
  }

  @Test
  void readsAreCountedAndMoveTheTimeOfAccess() {
    server.send("PUT", "/api/v1/cache/counted", item("1", ""));
    long before = json(server.get("/api/v1/cache/counted")).get("access_count").asLong();
    var second = json(server.get("/api/v1/cache/counted"));
    assertThat(second.get("access_count").asLong()).isEqualTo(before + 1);
    assertThat(Instant.parse(second.get("accessed_at").asString()))
        .isAfterOrEqualTo(Instant.parse(second.get("created_at").asString()));
  }

  @Test
  void withoutATtlTheCachesDefaultHolds() {
    server.send("PUT", "/api/v1/cache/usual", item("\"text\"", ""));
    var item = json(server.get("/api/v1/cache/usual"));
    assertThat(item.get("ttl").asLong()).isEqualTo(Duration.ofHours(1).toNanos());
    assertThat(item.get("value").asString()).isEqualTo("text");
    assertThat(server.get("/v1/caches/default/entries/usual").body()).isEqualTo("text");
  }

  @Test
  void whatIsDeletedOrNeverThereIsNotFound() {
    server.send("PUT", "/api/v1/cache/gone", item("true", ""));
    assertThat(server.send("DELETE", "/api/v1/cache/gone", "").statusCode()).isEqualTo(200);
    assertThat(server.send("DELETE", "/api/v1/cache/gone", "").statusCode()).isEqualTo(404);
    var missing = server.get("/api/v1/cache/gone");
    assertThat(missing.statusCode()).isEqualTo(404);
    assertThat(missing.body()).isEqualTo("{\"error\":\"key not found\"}");
  }

  @Test
  void aTagTakesItsGroupAndNoMore() {
    for (int i = 0; i < 5; i++) {
      server.send("PUT", "/api/v1/cache/grouped:" + i, item("1", ", \"tags\": [\"group\"]"));
    }
    server.send("PUT", "/api/v1/cache/other", item("1", ", \"tags\": [\"groups\"]"));
    var done = json(server.send("POST", "/api/v1/invalidate/tag/group", ""));
    assertThat(done.get("invalidated").asLong()).isEqualTo(5);
    assertThat(server.get("/api/v1/cache/grouped:3").statusCode()).isEqualTo(404);
    assertThat(server.get("/api/v1/cache/other").statusCode()).isEqualTo(200);
  }

  @Test
  void badInputSaysWhatIsWrongAndChangesNothing() {
    server.send("PUT", "/api/v1/cache/kept", item("1", ""));
    for (String bad :
        new String[] {
          "",
          "nothing",
          "[]",
          "{}",
          item("2", ", \"ttl\": -1"),
          item("2", ", \"ttl\": \"5m\""),
          item("2", ", \"tags\": \"one\""),
          item("2", ", \"tags\": [3]"),
        }) {
      var refused = server.send("PUT", "/api/v1/cache/kept", bad);
      assertThat(refused.statusCode()).as(bad).isEqualTo(400);
      assertThat(json(refused).get("error").asString()).as(bad).isNotEmpty();
    }
    assertThat(server.send("PUT", "/api/v1/cache/" + "k".repeat(251), item("1", "")).statusCode())
        .isEqualTo(400);
    assertThat(json(server.get("/api/v1/cache/kept")).get("value").asInt()).isEqualTo(1);
  }

  @Test
  void statisticsHealthAndMetricsAreThere() {
    server.send("PUT", "/api/v1/cache/counting", item("1", ""));
    server.get("/api/v1/cache/counting");
    server.get("/api/v1/cache/never-there");
    var statistics = json(server.get("/api/v1/stats"));
    assertThat(statistics.get("hits").asLong()).isPositive();
    assertThat(statistics.get("misses").asLong()).isPositive();
    assertThat(statistics.get("items").asLong()).isPositive();
    assertThat(json(server.get("/api/v1/health")).get("status").asString()).isEqualTo("healthy");
    assertThat(server.sendTo(Door.CACHE, "GET", "/metrics", "").body())
        .containsPattern("(?m)^# TYPE distrocache_hits_total counter$")
        .containsPattern("(?m)^distrocache_hits_total [1-9]")
        .containsPattern("(?m)^distrocache_misses_total [1-9]")
        .containsPattern("(?m)^distrocache_sets_total [1-9]")
        .containsPattern("(?m)^distrocache_deletes_total \\d")
        .containsPattern("(?m)^distrocache_evictions_total \\d")
        .containsPattern("(?m)^# TYPE distrocache_items_total gauge$")
        .containsPattern("(?m)^distrocache_items_total [1-9]")
        .containsPattern("(?m)^distrocache_access_duration_seconds_bucket\\{le=\"\\+Inf\"} [1-9]")
        .containsPattern("(?m)^distrocache_access_duration_seconds_count [1-9]");
  }
}
