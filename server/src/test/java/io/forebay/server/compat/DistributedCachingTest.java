package io.forebay.server.compat;

import static io.forebay.server.compat.CompatServer.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.server.TestingOrigin;
import io.forebay.server.TestingServer;
import io.forebay.server.compat.ForeignSystem.Door;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class DistributedCachingTest {

  private static final String SAMPLING = CompatServer.ALL + "history: {interval: 100ms}\n";

  private static TestingServer shared;

  private TestingServer server;

  @BeforeAll
  static void start() {
    shared = TestingServer.start(SAMPLING);
  }

  @AfterAll
  static void stop() {
    shared.close();
  }

  @BeforeEach
  void empty() {
    server = shared;
    server.send("POST", "/api/cache/clear", "");
  }

  private void put(String key, String more) {
    assertThat(server.send("PUT", "/api/cache/" + key, "{\"value\": 1" + more + "}").statusCode())
        .isEqualTo(200);
  }

  private JsonNode at(Door door, String method, String path, String body) {
    HttpResponse<String> response = server.sendTo(door, method, path, body);
    assertThat(response.statusCode()).as(response.body()).isBetween(200, 202);
    return json(response);
  }

  @Test
  void entriesAreStoredRetrievedAndDeleted() {
    var stored =
        json(server.send("PUT", "/api/cache/users:1", "{\"value\": {\"n\": 1}, \"ttl\": 60}"));
    assertThat(stored.get("stored").asBoolean()).isTrue();
    assertThat(stored.get("ttl").asLong()).isEqualTo(60);
    var got = json(server.get("/api/cache/users:1"));
    assertThat(got.get("value").toString()).isEqualTo("{\"n\":1}");
    assertThat(got.get("ttl").asLong()).isEqualTo(60);
    assertThat(got.get("remaining_ttl").asLong()).isBetween(1L, 60L);
    assertThat(json(server.send("DELETE", "/api/cache/users:1", "")).get("deleted").asBoolean())
        .isTrue();
    assertThat(server.get("/api/cache/users:1").statusCode()).isEqualTo(404);
    assertThat(server.send("DELETE", "/api/cache/users:1", "").statusCode()).isEqualTo(404);
    assertThat(server.send("PUT", "/api/cache/users:1", "5").statusCode()).isEqualTo(400);
  }

  @Test
  void literalPathsWinAndTheirNamesAreReachedOtherwise() {
    server.send("PUT", "/api/v1/cache/stats", "{\"value\": \"mine\"}");
    assertThat(json(server.get("/api/cache/stats")).has("statistics")).isTrue();
    assertThat(json(server.get("/api/cache/get/stats")).get("cache_item").get("value").asString())
        .isEqualTo("mine");
    assertThat(json(server.get("/api/cache/keys")).get("keys").toString()).isEqualTo("[\"stats\"]");
  }

  @Test
  void withoutTheOtherSystemItsPathsAreKeys() {
    try (var alone =
        TestingServer.start("compat: {systems: distributed_caching}\nlog: {exchanges: off}\n")) {
      alone.send("PUT", "/api/cache/stats", "{\"value\": \"mine\"}");
      assertThat(json(alone.get("/api/cache/stats")).get("value").asString()).isEqualTo("mine");
      assertThat(alone.running().doors().keySet())
          .containsExactlyInAnyOrder(
              Door.INVALIDATION, Door.WARMING, Door.MONITORING, Door.DASHBOARD);
    }
  }

  @Test
  void keysAndPatternsAreInvalidatedPreviewedAndTriedOut() {
    for (String key : new String[] {"users:1", "users:2", "products:category:7", "other"}) {
      put(key, "");
    }
    var preview = at(Door.INVALIDATION, "GET", "/api/invalidate/preview?pattern=users:*", "");
    assertThat(preview.get("count").asLong()).isEqualTo(2);
    assertThat(preview.get("keys").toString()).isEqualTo("[\"users:1\",\"users:2\"]");
    var dry =
        at(
            Door.INVALIDATION,
            "POST",
            "/api/invalidate/pattern",
            "{\"pattern\": \"users:*\", \"dry_run\": true}");
    assertThat(dry.get("would_invalidate").asLong()).isEqualTo(2);
    assertThat(server.get("/api/cache/users:1").statusCode()).isEqualTo(200);
    var done =
        at(Door.INVALIDATION, "POST", "/api/invalidate/pattern", "{\"pattern\": \"users:*\"}");
    assertThat(done.get("invalidated").asLong()).isEqualTo(2);
    assertThat(server.get("/api/cache/users:1").statusCode()).isEqualTo(404);
    var keys =
        at(
            Door.INVALIDATION,
            "POST",
            "/api/invalidate",
            "{\"keys\": [\"products:category:7\", \"nowhere\"]}");
    assertThat(keys.get("invalidated").asLong()).isEqualTo(1);
    assertThat(json(server.get("/api/cache/keys")).get("keys").toString()).isEqualTo("[\"other\"]");
    assertThat(server.get("/v1/audit").body())
        .contains("patterns:users:*")
        .contains(done.get("id").asString());
    for (String bad :
        new String[] {"{}", "{\"keys\": []}", "{\"keys\": \"a\"}", "{\"keys\": [\"\"]}"}) {
      assertThat(server.send("POST", "/api/invalidate", bad).statusCode()).as(bad).isEqualTo(400);
    }
    assertThat(server.send("POST", "/api/invalidate/pattern", "{\"pattern\": \"[a\"}").statusCode())
        .isEqualTo(400);
    assertThat(server.get("/api/invalidate/preview").statusCode()).isEqualTo(400);
  }

  @Test
  void manyKeysAreInvalidatedInBatches() {
    try (var batched =
        TestingServer.start(
            "compat: {systems: all, invalidation_batch_size: 2}\nlog: {exchanges: off}\n")) {
      for (int i = 0; i < 5; i++) {
        batched.send("PUT", "/api/cache/k" + i, "{\"value\": 1}");
      }
      var done =
          json(
              batched.send(
                  "POST", "/api/invalidate", "{\"keys\": [\"k0\",\"k1\",\"k2\",\"k3\",\"k4\"]}"));
      assertThat(done.get("invalidated").asLong()).isEqualTo(5);
      assertThat(json(batched.get("/v1/invalidations")).get("receipts").get(0).get("operations"))
          .hasSize(3);
    }
  }

  @Test
  void metricsAreOnBothPortsAndSamplesAreKept() {
    try (var own = TestingServer.start(SAMPLING)) {
      server = own;
      put("a", "");
      server.get("/api/cache/a");
      server.get("/api/cache/b");
      var here = json(server.get("/api/metrics"));
      assertThat(here.get("hits").asLong()).isEqualTo(1);
      assertThat(here.get("misses").asLong()).isEqualTo(1);
      assertThat(here.get("hit_rate").asDouble()).isEqualTo(0.5);
      assertThat(here.get("latency_ms").propertyNames())
          .containsExactly("p50", "p90", "p95", "p99");
      assertThat(here.get("cache_size_bytes").asLong()).isPositive();
      assertThat(at(Door.MONITORING, "GET", "/api/metrics", "").get("entries").asLong())
          .isEqualTo(1);
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(() -> {
            var history =
                at(Door.MONITORING, "GET", "/api/metrics/history?window=5m", "").get("samples");
            assertThat(history.size()).isGreaterThanOrEqualTo(3);
            assertThat(history.get(history.size() - 1).get("entries").asLong()).isEqualTo(1);
          });
      assertThat(
              at(Door.MONITORING, "GET", "/api/metrics/history?points=1&window=24h", "")
                  .get("samples")
                  .size())
          .isLessThanOrEqualTo(1);
      assertThat(server.get("/api/metrics/history?window=long").statusCode()).isEqualTo(400);
      assertThat(server.sendTo(Door.MONITORING, "GET", "/metrics", "").body())
          .containsPattern("(?m)^# TYPE cache_hits_total counter$")
          .containsPattern("(?m)^cache_hits_total 1")
          .containsPattern("(?m)^cache_misses_total 1")
          .containsPattern("(?m)^cache_latency_seconds_bucket\\{le=\"0.001\"} \\d")
          .containsPattern("(?m)^cache_latency_seconds_count [1-9]")
          .containsPattern("(?m)^cache_size_bytes [1-9]")
          .containsPattern("(?m)^invalidations_total \\d")
          .containsPattern("(?m)^evictions_total \\d")
          .containsPattern("(?m)^warming_jobs_total \\d")
          .containsPattern("(?m)^errors_total\\{type=\"client\"} \\d")
          .containsPattern("(?m)^cache_miss_rate 0.5$");
    }
  }

  @Test
  void theDashboardsOriginMayAskAndOthersMayNot() {
    assertThat(json(server.get("/health")).get("status").asString()).isEqualTo("healthy");
    try (var fixed =
        TestingServer.start(
            CompatServer.ALL + "api: {allowed_origins: \"http://localhost:3000\"}")) {
      var answer = fixed.get("/api/metrics", "Origin", "http://localhost:3000");
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.headers().firstValue("Access-Control-Allow-Origin"))
          .contains("http://localhost:3000");
      assertThat(fixed.get("/api/metrics", "Origin", "http://elsewhere.example").statusCode())
          .isEqualTo(403);
    }
  }

  @Test
  void pagesAreWarmedThroughTheProxyAndTheJobIsRemembered() {
    try (var origin = new TestingOrigin();
        var warmed = TestingServer.start(CompatServer.ALL + origin.asSetting())) {
      String page = warmed.pageUrl("/page");
      var job =
          json(
              warmed.sendTo(
                  Door.WARMING,
                  "POST",
                  "/api/warming/trigger",
                  "{\"urls\": [\"" + page + "\", \"ftp://x/\"]}"));
      assertThat(job.get("targets").asInt()).isEqualTo(2);
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(() -> {
            var history = json(warmed.get("/api/warming/history")).get("history");
            assertThat(history).hasSize(1);
            assertThat(history.get(0).get("job_id")).isEqualTo(job.get("job_id"));
            assertThat(history.get(0).get("loaded").asInt()).isEqualTo(1);
            assertThat(history.get(0).get("failed").asInt()).isEqualTo(1);
            assertThat(history.get(0).get("status").asString()).isEqualTo("failed");
          });
      assertThat(json(warmed.get("/api/warming/jobs")).get("jobs").isEmpty()).isTrue();
      assertThat(warmed.storedPage("/page")).isNotEmpty();
      assertThat(origin.rendered()).isEqualTo(1);
    }
  }

  @Test
  void keysAreLookedForWhereReadsLook() {
    put("there", "");
    var job =
        at(Door.WARMING, "POST", "/api/warming/trigger", "{\"keys\": [\"there\", \"nowhere\"]}");
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> {
          var ended = at(Door.WARMING, "GET", "/api/warming/history", "").get("history");
          assertThat(ended).isNotEmpty();
          assertThat(ended.get(0).get("job_id")).isEqualTo(job.get("job_id"));
          assertThat(ended.get(0).get("loaded").asInt()).isEqualTo(1);
          assertThat(ended.get(0).get("absent").asInt()).isEqualTo(1);
          assertThat(ended.get(0).get("status").asString()).isEqualTo("completed");
        });
    assertThat(server.send("POST", "/api/warming/trigger", "{}").statusCode()).isEqualTo(400);
    assertThat(server.get("/metrics").body()).containsPattern("(?m)^warming_jobs_total [1-9]");
  }
}
