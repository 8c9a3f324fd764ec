package io.forebay.server.v1;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.server.TestingServer;
import io.forebay.server.api.Json;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class WhatIfApiTest {

  private static final TestingServer server =
      TestingServer.start(
          """
          log: {exchanges: off}
          memory: {what_if: on}
          proxy: {origin: "http://127.0.0.1:9"}
          caches:
            declared: {max_entries: 100, eviction_policy: lru}
            silent: {what_if: off}
          """);

  @AfterAll
  static void stop() {
    server.close();
  }

  private static JsonNode whatIf(String cache) {
    var response = server.get("/v1/caches/" + cache + "/what-if");
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return Json.tree(response.body().getBytes(StandardCharsets.UTF_8)).orElseThrow();
  }

  @Test
  void predictionsStandBesideWhatIsMeasured() {
    for (int i = 0; i < 50; i++) {
      server.send("PUT", "/v1/caches/declared/entries/" + i, "v");
    }
    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < 50; i++) {
        server.get("/v1/caches/declared/entries/" + i);
      }
    }
    JsonNode answer = whatIf("declared");
    assertThat(answer.get("on").asBoolean()).isTrue();
    assertThat(answer.get("hit_ratio").asDouble()).isEqualTo(1);
    JsonNode questions = answer.get("questions");
    assertThat(questions.size()).isEqualTo(12);
    JsonNode quarter = questions.get(0);
    assertThat(quarter.get("eviction_policy").asString()).isEqualTo("lru");
    assertThat(quarter.get("max_entries").asLong()).isEqualTo(25);
    assertThat(quarter.get("predicted_hit_ratio").asDouble()).as("a loop").isZero();
    JsonNode same = questions.get(2);
    assertThat(same.get("max_bytes").asString()).isEqualTo("256MiB");
    assertThat(same.get("max_entries").asLong()).isEqualTo(100);
    assertThat(same.get("predicted_hit_ratio").asDouble()).isEqualTo(1);
    assertThat(same.get("measured_hit_ratio").asDouble()).isEqualTo(1);
    assertThat(same.get("requests").asLong()).isEqualTo(100);
    assertThat(same.get("sample_rate").asDouble()).isEqualTo(1);
  }

  @Test
  void itIsTurnedOnAndOffAtRunTimeAndSaysHow() {
    JsonNode off = whatIf("silent");
    assertThat(off.get("on").asBoolean()).isFalse();
    assertThat(off.get("turn_on").asString())
        .isEqualTo(
            "PUT /v1/caches/silent with \"what_if\": true, or start with caches.silent.what_if: on");
    assertThat(off.get("questions").size()).isZero();
    assertThat(server.send("PUT", "/v1/caches/silent", "{\"what_if\": true}").body())
        .contains("\"what_if\":true");
    JsonNode on = whatIf("silent");
    assertThat(on.get("on").asBoolean()).isTrue();
    assertThat(on.has("turn_on")).isFalse();
    server.send("PUT", "/v1/caches/silent", "{\"what_if\": true, \"max_entries\": 40}");
    assertThat(whatIf("silent").get("questions").get(1).get("max_entries").asLong()).isEqualTo(20);
    server.send("PUT", "/v1/caches/silent", "{\"what_if\": false}");
    assertThat(whatIf("silent").get("on").asBoolean()).isFalse();
  }

  @Test
  void pagesAnswerToo() {
    JsonNode pages = whatIf("pages");
    assertThat(pages.get("on").asBoolean()).isTrue();
    assertThat(pages.get("questions").size()).isEqualTo(12);
  }

  @Test
  void anUnknownCacheIsAProblem() {
    var response = server.get("/v1/caches/nosuch/what-if");
    assertThat(response.statusCode()).isEqualTo(404);
    assertThat(response.body()).contains("urn:forebay:problem:unknown-cache");
  }

  @Test
  void versionsGrowAcrossCaches() {
    String first = put("default");
    String second = put("declared");
    String third = put("default");
    assertThat(first).isLessThan(second);
    assertThat(second).isLessThan(third);
  }

  private static String put(String cache) {
    return server
        .send("PUT", "/v1/caches/" + cache + "/entries/version", "v")
        .headers()
        .firstValue("ETag")
        .orElseThrow();
  }
}
