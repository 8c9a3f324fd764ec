package io.forebay.server.edge;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.server.TestingOrigin;
import io.forebay.server.TestingServer;
import io.forebay.server.access.NewToken;
import io.forebay.server.api.Json;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/// Fastly's and Cloudflare's clients, with another address and a token of ours.
class PurgeRoutesTest {

  private final NewToken token = NewToken.create();
  private final NewToken reader = NewToken.create();
  private final TestingOrigin origin = new TestingOrigin();
  private final TestingServer server =
      TestingServer.start(
          origin.asSetting()
              + "log: {exchanges: off}\naccess: {tokens: ["
              + "{name: cms, roles: [purge, write], sha256: "
              + token.sha256()
              + "}, {name: reader, roles: [read], sha256: "
              + reader.sha256()
              + "}]}");

  @AfterEach
  void stop() {
    server.close();
    origin.close();
  }

  private HttpResponse<String> fastly(String path, String body, String... fields) {
    String[] all = java.util.Arrays.copyOf(fields, fields.length + 2);
    all[fields.length] = "Fastly-Key";
    all[fields.length + 1] = token.secret();
    return server.send("POST", path, body.replace('\'', '"'), all);
  }

  private HttpResponse<String> cloudflare(String body) {
    return server.send(
        "POST",
        "/client/v4/zones/023e105f4ecef8ad9ca31a8372d0c353/purge_cache",
        body.replace('\'', '"'),
        "Authorization",
        "Bearer " + token.secret());
  }

  private static JsonNode json(HttpResponse<String> response) {
    return Json.tree(response.body().getBytes(UTF_8)).orElseThrow();
  }

  private void putEntry(String key, String tags) {
    var response =
        server.send(
            "PUT",
            "/v1/caches/default/entries/" + key,
            "v",
            "Cache-Tag",
            tags,
            "Authorization",
            "Bearer " + token.secret());
    assertThat(response.statusCode()).isEqualTo(201);
  }

  private boolean isEntryThere(String key) {
    String path = "/v1/caches/default/entries/" + key;
    return server.get(path, "Authorization", "Bearer " + token.secret()).statusCode() == 200;
  }

  private String receipt(String id) {
    return server
        .get("/v1/invalidations/" + id, "Authorization", "Bearer " + reader.secret())
        .body();
  }

  // ---- Fastly

  @Test
  void fastlysKeysCoverPagesAndEntries() {
    origin.tag("/a", "one");
    origin.tag("/b", "two");
    origin.tag("/c", "three");
    server.storedPage("/a");
    server.storedPage("/b");
    server.storedPage("/c");
    putEntry("k", "two");
    var answer =
        fastly("/service/SU1Z0isxPaozGVKXdv0eY/purge", "{'surrogate_keys': ['two', 'one']}");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    String id = json(answer).get("one").asString();
    assertThat(answer.body()).isEqualTo("{\"one\":\"" + id + "\",\"two\":\"" + id + "\"}");
    assertThat(server.getPage("/a").body()).isNotEqualTo("/a #1");
    assertThat(server.getPage("/b").body()).isNotEqualTo("/b #2");
    assertThat(server.getPage("/c").body()).isEqualTo("/c #3");
    assertThat(isEntryThere("k")).isFalse();
    assertThat(receipt(id)).contains("\"source\":\"fastly\"").contains("\"who\":\"cms\"");
  }

  @Test
  void fastlysOtherFormsAreUnderstood() {
    origin.tag("/a", "one/1");
    server.storedPage("/a");
    var soft = fastly("/service/x/purge/one%2F1", "", "Fastly-Soft-Purge", "1");
    assertThat(json(soft).get("status").asString()).isEqualTo("ok");
    var stale = server.getPage("/a");
    assertThat(stale.body()).isEqualTo("/a #1");
    assertThat(stale.headers().firstValue("Cache-Status").orElse("")).contains("ttl=0");

    server.storedPage("/b?x=1&y%5B%5D=2");
    String host = server.running().proxyAddress().orElseThrow().toString();
    assertThat(fastly("/purge/" + host + "/b?x=1&y%5B%5D=2", "").statusCode()).isEqualTo(200);
    var again = server.getPage("/b?x=1&y%5B%5D=2");
    assertThat(again.headers().firstValue("Cache-Status").orElse("")).contains("fwd=uri-miss");

    server.storedPage("/c");
    putEntry("k", "t");
    assertThat(json(fastly("/service/x/purge_all", "")).get("status").asString()).isEqualTo("ok");
    assertThat(server.getPage("/c").headers().firstValue("Cache-Status").orElse(""))
        .contains("fwd=uri-miss");
    assertThat(isEntryThere("k")).as("pages only").isTrue();
  }

  @Test
  void fastlysErrorsLookLikeFastlys() {
    var bad = fastly("/service/x/purge", "{'surrogate_keys': ['a', '']}");
    assertThat(bad.statusCode()).isEqualTo(400);
    assertThat(bad.body())
        .isEqualTo(
            "{\"msg\":\"Invalid request\",\"detail\":\"A tag is empty. Field surrogate_keys[1]."
                + " Expected a tag.\"}");
    assertThat(fastly("/service/x/purge_all", "", "Fastly-Soft-Purge", "1").statusCode())
        .isEqualTo(400);
    var unknown = server.send("POST", "/service/x/purge/a", "", "Fastly-Key", "wrong");
    assertThat(unknown.statusCode()).isEqualTo(401);
    assertThat(json(unknown).get("msg").asString()).isEqualTo("Token unknown");
    var weak = server.send("POST", "/service/x/purge/a", "", "Fastly-Key", reader.secret());
    assertThat(weak.statusCode()).isEqualTo(403);
    assertThat(server.send("POST", "/service/x/purge/a", "").statusCode()).isEqualTo(401);
  }

  // ---- Cloudflare

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {'tags': ['news']}                       | /a
          {'prefixes': ['HOST/a']}                 | /a
          {'hosts': ['127.0.0.1']}                 | /a /b
          {'files': ['https://HOST/b']}            | /b
          {'files': [{'url': 'http://HOST/b'}]}    | /b
          {'purge_everything': true}               | /a /b
          """)
  void cloudflaresOrdersAreCarriedOut(String body, String gone) {
    origin.tag("/a", "news");
    server.storedPage("/a");
    server.storedPage("/b");
    String host = server.running().proxyAddress().orElseThrow().toString();
    var answer = cloudflare(body.replace("HOST", host));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    String id = json(answer).at("/result/id").asString();
    assertThat(answer.body())
        .isEqualTo(
            "{\"success\":true,\"errors\":[],\"messages\":[],\"result\":{\"id\":\"" + id + "\"}}");
    assertThat(receipt(id)).contains("\"source\":\"cloudflare\"");
    for (String path : java.util.List.of("/a", "/b")) {
      String status = server.getPage(path).headers().firstValue("Cache-Status").orElse("");
      assertThat(status.contains("fwd=uri-miss"))
          .as(path)
          .isEqualTo(java.util.List.of(gone.split(" ", -1)).contains(path));
    }
  }

  @Test
  void cloudflaresErrorsLookLikeCloudflares() {
    var bad = cloudflare("{'tags': ['a'], 'purge_everything': true}");
    assertThat(bad.statusCode()).isEqualTo(400);
    assertThat(json(bad).get("success").asBoolean()).isFalse();
    assertThat(json(bad).at("/errors/0/code").asInt()).isEqualTo(1012);
    assertThat(json(bad).at("/errors/0/message").asString()).contains("purge_everything");
    assertThat(json(bad).get("result").isNull()).isTrue();
    var unknown =
        server.send("POST", "/zones/x/purge_cache", "{}", "Authorization", "Bearer wrong");
    assertThat(unknown.statusCode()).isEqualTo(401);
    assertThat(json(unknown).at("/errors/0/code").asInt()).isEqualTo(10_000);
    var old =
        server.send(
            "POST", "/zones/x/purge_cache", "{\"tags\":[\"a\"]}", "X-Auth-Key", token.secret());
    assertThat(old.statusCode()).isEqualTo(200);
  }

  // ---- both, and our own

  @Test
  void ourOwnApiTakesTheRolePurge() {
    String everything = "{\"operations\":[{\"scope\":\"everything\"}]}";
    assertThat(
            server
                .send(
                    "POST",
                    "/v1/invalidations",
                    everything,
                    "Authorization",
                    "Bearer " + reader.secret())
                .statusCode())
        .isEqualTo(403);
    assertThat(server.send("POST", "/v1/invalidations", everything).statusCode()).isEqualTo(401);
    assertThat(
            server
                .send("POST", "/v1/invalidations", everything, "Fastly-Key", token.secret())
                .statusCode())
        .as("Fastly's field is for Fastly's routes")
        .isEqualTo(401);
    assertThat(
            server
                .send(
                    "POST",
                    "/v1/invalidations:preview",
                    everything,
                    "Authorization",
                    "Bearer " + reader.secret())
                .statusCode())
        .isEqualTo(200);
  }

  @Test
  void withoutAProxyThereAreNoPagesToPurge() {
    try (var alone = TestingServer.start("log: {exchanges: off}")) {
      assertThat(alone.send("POST", "/service/x/purge_all", "").statusCode()).isEqualTo(409);
      assertThat(alone.send("POST", "/service/x/purge/tag", "").statusCode()).isEqualTo(200);
      assertThat(
              alone
                  .send(
                      "POST",
                      "/v1/invalidations",
                      "{\"operations\":[{\"scope\":\"hosts\",\"values\":[\"a\"]}]}")
                  .body())
          .contains("urn:forebay:problem:proxy-off");
    }
  }
}
