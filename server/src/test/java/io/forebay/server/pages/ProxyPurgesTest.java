package io.forebay.server.pages;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.server.TestingDownstream;
import io.forebay.server.TestingOrigin;
import io.forebay.server.TestingServer;
import io.forebay.server.access.NewToken;
import io.forebay.server.api.Json;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/// `PURGE` and `BAN` on the proxy's listener.
class ProxyPurgesTest {

  private final NewToken token = NewToken.create();
  private final NewToken writer = NewToken.create();
  private final TestingOrigin origin = new TestingOrigin();
  private final TestingDownstream varnish = new TestingDownstream();
  private TestingServer server = start("[127.0.0.0/8]");

  private TestingServer start(String purgeNetworks) {
    String proxy = origin.asSetting().replace("}\n", ", purge_networks: " + purgeNetworks + "}\n");
    return TestingServer.start(
        proxy
            + "log: {exchanges: off}\nforward: {targets: ["
            + varnish.asTarget("edge", "varnish")
            + "]}\naccess: {tokens: [{name: cms, roles: [purge], sha256: "
            + token.sha256()
            + "}, {name: app, roles: [write], sha256: "
            + writer.sha256()
            + "}, {name: boss, roles: [admin], sha256: "
            + NewToken.create().sha256()
            + "}]}");
  }

  @AfterEach
  void stop() {
    server.close();
    origin.close();
    varnish.close();
  }

  private boolean isStored(String path) {
    return server
        .getPage(path)
        .headers()
        .firstValue("Cache-Status")
        .orElse("")
        .contains("hit; ttl=");
  }

  private static JsonNode json(HttpResponse<String> response) {
    return Json.tree(response.body().getBytes(UTF_8)).orElseThrow();
  }

  private String api(String path) {
    return server.get(path, "Authorization", "Bearer " + token.secret()).body();
  }

  @ParameterizedTest(name = "{0} {1} {2}")
  @CsvSource(
      delimiter = '§',
      textBlock =
          """
          PURGE § /a        §                                                § /a
          PURGE § /a?x      §                                                §
          PURGE § /         § xkey: news                                     § /a
          PURGE § /         § xkey-purge: news sport                         § /a /b
          PURGE § /         § Surrogate-Key: sport                           § /b
          PURGE § /         § Cache-Tag: sport                               § /b
          PURGE § /         § Cache-Tags: sport                              § /b
          PURGE § /         § X-Cache-Tags: sport,news                       § /a /b
          PURGE § /         § X-Magento-Tags-Pattern: ((^|,)news(,|$))       § /a
          PURGE § /         § X-Magento-Tags-Pattern: .*                     § /a /b
          PURGE § /b.*      § X-Purge-Method: regex                          § /b
          PURGE § /.*       § X-Purge-Method: regex                          § /a /b
          BAN   § /a        §                                                § /a
          BAN   § /         § X-Cache-Tags: (^|,)(news)(,|$)                 § /a
          BAN   § /         § xkey: sport                                    § /b
          BAN   § /         § X-Ban: req.url ~ ^/b                           § /b
          BAN   § /         § X-Ban: obj.http.xkey ~ (^| )news( |$)          § /a
          """)
  void whatIsOrderedIsGone(String method, String target, String field, String gone) {
    origin.tag("/a", "news");
    origin.tag("/b", "sport");
    server.storedPage("/a");
    server.storedPage("/b");
    int before = origin.rendered();
    HttpResponse<String> answer;
    if (field == null) {
      answer = server.sendToProxy(method, target);
    } else {
      String value = field.substring(field.indexOf(':') + 1).strip();
      answer = server.sendToProxy(method, target, field.substring(0, field.indexOf(':')), value);
    }
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(json(answer).get("status").asString()).isEqualTo("ok");
    assertThat(origin.rendered()).as("no order reaches the origin").isEqualTo(before);
    List<String> covered = gone == null ? List.of() : List.of(gone.split(" ", -1));
    for (String path : List.of("/a", "/b")) {
      assertThat(isStored(path)).as(path).isEqualTo(!covered.contains(path));
    }
    assertThat(api("/v1/invalidations/" + json(answer).get("id").asString()))
        .contains("\"source\":\"" + method.toLowerCase(java.util.Locale.ROOT) + "\"")
        .contains("\"who\":\"proxy.purge_networks\"");
  }

  /// In fields as bytes of UTF-8, in JSON as text: one tag.
  @Test
  void tagsBeyondAsciiAreTheSameByWhicheverWayTheyCome() throws IOException {
    origin.tag("/a", "z\u00c3\u00bcrich");
    server.storedPage("/a");
    var proxy = server.running().proxyAddress().orElseThrow();
    try (var socket = new Socket(proxy.host(), proxy.port())) {
      String purge =
          "PURGE / HTTP/1.1\r\nHost: h\r\nxkey: z\u00fcrich\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(purge.getBytes(UTF_8));
      assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8)).contains(" 200 ");
    }
    assertThat(isStored("/a")).isFalse();
    server.storedPage("/a");
    String json = "{\"operations\":[{\"scope\":\"tags\",\"values\":[\"z\u00fcrich\"]}]}";
    var answer =
        server.send("POST", "/v1/invalidations", json, "Authorization", "Bearer " + token.secret());
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(isStored("/a")).isFalse();
  }

  @Test
  void aSoftOneLeavesThePageStale() {
    origin.tag("/a", "news");
    server.storedPage("/a");
    server.sendToProxy("PURGE", "/", "xkey-softpurge", "news");
    assertThat(server.getPage("/a").body()).isEqualTo("/a #1");
    server.storedPage("/b");
    server.sendToProxy("PURGE", "/b", "Fastly-Soft-Purge", "1");
    assertThat(server.getPage("/b").headers().firstValue("Cache-Status").orElse(""))
        .contains("hit; ttl=0");
  }

  @Test
  void everyVariantOfAPageGoes() {
    server.storedPage("/varying", "Accept-Language", "de");
    server.storedPage("/varying", "Accept-Language", "fr");
    server.sendToProxy("PURGE", "/varying");
    for (String language : List.of("de", "fr")) {
      assertThat(
              server
                  .sendToProxy("GET", "/varying", "Accept-Language", language)
                  .headers()
                  .firstValue("Cache-Status")
                  .orElse(""))
          .contains("fwd=");
    }
  }

  @Test
  void itIsAuditedPassedOnAndCounted() {
    server.storedPage("/a");
    server.sendToProxy("PURGE", "/", "xkey", "news");
    Awaitility.await().until(() -> varnish.orders().equals(List.of("PURGE / news")));
    assertThat(server.sendToProxy("BAN", "/", "X-Ban", "nonsense").statusCode()).isEqualTo(400);
    assertThat(api("/metrics"))
        .contains("forebay_invalidations_total{source=\"purge\"} 1")
        .contains("forebay_invalidations_refused_total{source=\"ban\"} 1");
    server.close();
    server = TestingServer.start(origin.asSetting() + "log: {exchanges: off}");
    server.sendToProxy("PURGE", "/", "xkey", "news");
    assertThat(server.get("/v1/audit").body())
        .contains("\"principal\":\"proxy.purge_networks\",\"address\":\"127.0.0.1\"")
        .contains("\"operation\":\"invalidate\",\"scope\":\"tags:news\",\"mode\":\"hard\"")
        .contains("\"outcome\":\"done\",\"status\":200");
  }

  @Test
  void whatIsNotUnderstoodIsNamedAndInvalidatesNothing() {
    server.storedPage("/a");
    var answer = server.sendToProxy("PURGE", "/a", "X-Magento-Tags-Pattern", "cat_p_.*");
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(json(answer).get("field").asString()).isEqualTo("X-Magento-Tags-Pattern");
    assertThat(isStored("/a")).isTrue();
  }

  // ---- who may

  @Test
  void othersGet405AndNothingIsInvalidated() {
    server.close();
    server = start("[10.0.0.0/8]");
    server.storedPage("/a");
    int before = origin.rendered();
    for (String method : List.of("PURGE", "BAN")) {
      var refused = server.sendToProxy(method, "/a");
      assertThat(refused.statusCode()).isEqualTo(405);
      assertThat(refused.headers().firstValue("Allow")).hasValue("GET, HEAD");
      assertThat(json(refused).get("detail").asString()).contains("proxy.purge_networks");
      String wrong = "Bearer " + writer.secret();
      assertThat(server.sendToProxy(method, "/a", "Authorization", wrong).statusCode())
          .as("the role write does not purge")
          .isEqualTo(405);
    }
    assertThat(origin.rendered()).isEqualTo(before);
    assertThat(isStored("/a")).isTrue();
    assertThat(api("/v1/invalidations")).isEqualTo("{\"receipts\":[]}");
  }

  @Test
  void aTokenOfTheRolePurgeMayFromAnywhere() {
    server.close();
    server = start("[]");
    server.storedPage("/a");
    var answer = server.sendToProxy("PURGE", "/a", "Authorization", "Bearer " + token.secret());
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(isStored("/a")).isFalse();
    assertThat(api("/v1/invalidations/" + json(answer).get("id").asString()))
        .contains("\"who\":\"cms\"");
    assertThat(server.sendToProxy("PURGE", "/a", "Fastly-Key", token.secret()).statusCode())
        .isEqualTo(200);
  }

  /// Behind a proxy on the same machine every client comes from a network that may.
  @Test
  void whatPassedAnotherProxyOrComesFromAWebPageNeedsAToken() {
    for (String field : List.of("Via", "X-Forwarded-For", "Forwarded", "Origin")) {
      assertThat(server.sendToProxy("PURGE", "/a", field, "1.1 nginx").statusCode())
          .as(field)
          .isEqualTo(405);
      assertThat(
              server
                  .sendToProxy(
                      "PURGE", "/a", field, "x", "Authorization", "Bearer " + token.secret())
                  .statusCode())
          .as(field)
          .isEqualTo(200);
    }
  }

  @Test
  void explainSaysSo() {
    String path = "/v1/explain?method=PURGE&url=http%3A%2F%2Fshop.example%2F";
    assertThat(api(path)).contains("\"action\":\"purge\",\"reason\":\"purge_order\"");
  }
}
