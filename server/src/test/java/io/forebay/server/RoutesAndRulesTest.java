package io.forebay.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The rules of routes, from the settings file to the client.
class RoutesAndRulesTest {

  private static final String LONG = "long";

  private final List<String> asked = new CopyOnWriteArrayList<>();
  private HttpServer origin;

  @BeforeEach
  void startOrigin() throws IOException {
    origin = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    origin.createContext("/", this::answer);
    origin.start();
  }

  @AfterEach
  void stopOrigin() {
    origin.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    asked.add(
        exchange.getRequestURI() + " " + exchange.getRequestHeaders().getFirst("X-Original-URL"));
    exchange.getResponseHeaders().add("Content-Type", "text/html");
    exchange.getResponseHeaders().add("Set-Cookie", "s=1");
    exchange.getResponseHeaders().add("X-Powered-By", "test");
    String content =
        exchange.getRequestURI().getPath().equals("/" + LONG) ? "x".repeat(999) : "hello";
    byte[] body = content.getBytes(StandardCharsets.US_ASCII);
    exchange.sendResponseHeaders(
        exchange.getRequestURI().getPath().equals("/none") ? 404 : 200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private TestingServer start(String rules) {
    return TestingServer.start(
        """
        proxy:
          connect_timeout: 30s
          routes:
            - name: shop
              origins: [http://127.0.0.1:%d]
        """
                .formatted(origin.getAddress().getPort())
            + rules.indent(6));
  }

  private static boolean isHit(HttpResponse<?> answer) {
    return answer.headers().firstValue("Cache-Status").orElse("").startsWith("forebay; hit");
  }

  /// Asks until it is stored: a client has the last byte before.
  private static HttpResponse<String> hit(TestingServer server, String path) {
    Awaitility.await().until(() -> isHit(server.getPage(path)));
    return server.getPage(path);
  }

  @Test
  void whatTheFileSaysHoldsForClientAndOrigin() {
    try (var server =
        start(
            """
            key:
              query: {drop: [utm_*], send: keyed}
            lifetime:
              default: 1m
              stale_while_revalidate: 20s
              stale_if_error: {override: 1h, max: 30s}
              by_status: {404: {default: 10s, stale_while_revalidate: 5s}}
            set_cookie: strip
            tags: ["section:{path.1}"]
            response_headers: {remove: [X-Powered-By]}
            guards: {pass_headers: [X-Original-URL]}
            """)) {
      HttpResponse<String> first = server.getPage("/shoes/1?utm_source=x", "X-Original-URL", "/y");
      assertThat(first.headers().firstValue("Set-Cookie")).isEmpty();
      assertThat(first.headers().firstValue("X-Powered-By")).isEmpty();
      assertThat(asked).containsExactly("/shoes/1 /y");
      hit(server, "/shoes/1");
      hit(server, "/none");
      String explained =
          server
              .get(
                  "/v1/explain?url=http://"
                      + server.running().proxyAddress().orElseThrow()
                      + "/none?utm_a=1")
              .body();
      assertThat(explained)
          .contains("\"freshness_source\":\"policy_status\"")
          .contains("\"freshness_lifetime_seconds\":10")
          .contains("\"stale_while_revalidate_seconds\":5")
          .contains("\"stale_while_revalidate_source\":\"policy_status\"")
          .contains("\"stale_if_error_source\":\"none\"")
          .contains("\"tags\":[\"section:none\"]")
          .contains("\"part\":\"query\",\"received\":\"utm_a=1\"")
          .contains("the origin does not get it");
      hit(server, "/shoes/1");
      assertThat(
              server
                  .get(
                      "/v1/explain?url=http://"
                          + server.running().proxyAddress().orElseThrow()
                          + "/shoes/1")
                  .body())
          .contains("\"stale_while_revalidate_seconds\":20")
          .contains("\"stale_while_revalidate_source\":\"policy\"")
          .contains("\"stale_if_error_seconds\":30")
          .contains("\"stale_if_error_source\":\"policy_maximum\"");
    }
  }

  @Test
  void pagesAreCompressedForWhoAcceptsIt() {
    try (var server =
        start(
            """
            lifetime: {default: 1m}
            set_cookie: strip
            compression: {codings: [zstd, gzip], min_bytes: 1B}
            """)) {
      hit(server, "/" + LONG);
      for (String coding : List.of("gzip", "zstd")) {
        Awaitility.await()
            .until(() ->
                server
                    .getPage("/" + LONG, "Accept-Encoding", coding)
                    .headers()
                    .firstValue("Content-Encoding")
                    .orElse("")
                    .equals(coding));
      }
      assertThat(server.get("/metrics").body()).contains("forebay_proxy_pages_coded_total 2.0");
      assertThat(asked).as("the coded ones are made here").hasSize(1);
    }
  }

  @Test
  void theGuardsHoldWithoutAnyRule() {
    try (var server = start("lifetime: {default: 1m}\nset_cookie: strip\n")) {
      server.getPage("/p", "X-Original-URL", "/admin");
      assertThat(asked).containsExactly("/p null");
      hit(server, "/p");
      for (String path : List.of("/account.css", "/static/..%2Faccount")) {
        server.getPage(path);
        assertThat(isHit(server.getPage(path))).as(path).isFalse();
      }
      server.getPage("/a/../b/%7euser");
      assertThat(asked.getLast()).isEqualTo("/b/~user null");
    }
  }
}
