package io.forebay.server.v1;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.forebay.cache.Invalidation;
import io.forebay.cache.Scope;
import io.forebay.cache.testing.TestingTimeSource;
import io.forebay.server.TestingServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What is explained is what happens, and explaining leaves no trace.
class ExplainApiTest {

  private final TestingTimeSource time = new TestingTimeSource();
  private final AtomicInteger asked = new AtomicInteger();
  private HttpServer origin;
  private TestingServer server;

  @BeforeEach
  void start() throws IOException {
    origin = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    page("/fresh", "max-age=60, stale-while-revalidate=10, stale-if-error=90");
    page("/private", "private");
    page("/varying", "max-age=60", "Vary", "Accept-Language");
    origin.start();
    server =
        TestingServer.start(
            "proxy: {origin: \"http://127.0.0.1:"
                + origin.getAddress().getPort()
                + "\", explain_networks: [127.0.0.0/8]}",
            time);
  }

  @AfterEach
  void stop() {
    server.close();
    origin.stop(0);
  }

  private void page(String path, String cacheControl, String... fields) {
    origin.createContext(
        path,
        exchange -> {
          asked.incrementAndGet();
          exchange.getResponseHeaders().add("Cache-Control", cacheControl);
          exchange.getResponseHeaders().add("Cache-Tag", "shop, news");
          for (int i = 0; i < fields.length; i += 2) {
            exchange.getResponseHeaders().add(fields[i], fields[i + 1]);
          }
          exchange.sendResponseHeaders(200, 5);
          exchange.getResponseBody().write("hello".getBytes(StandardCharsets.US_ASCII));
          exchange.close();
        });
  }

  private String url(String path) {
    return "http://" + server.running().proxyAddress().orElseThrow() + path;
  }

  private JsonNode explain(String path, String... parameters) {
    StringBuilder query = new StringBuilder("/v1/explain?url=").append(encoded(url(path)));
    for (String parameter : parameters) {
      int equals = parameter.indexOf('=');
      query
          .append('&')
          .append(parameter, 0, equals + 1)
          .append(encoded(parameter.substring(equals + 1)));
    }
    HttpResponse<String> answer = server.get(query.toString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return new JsonMapper().readTree(answer.body());
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private void store(String path) {
    var pages = server.running().pages().orElseThrow();
    long before = pages.statistics().writes();
    // Once more on a machine that is so loaded that the origin did not answer in time.
    Awaitility.await()
        .until(
            () -> server.getPage(path).statusCode() == 200 && pages.statistics().writes() > before);
  }

  @Test
  void nothingStoredIsAMissWithItsRouteAndKey() {
    JsonNode explained = explain("/fresh");
    assertThat(explained.at("/decision/action").asString()).isEqualTo("forward");
    assertThat(explained.at("/decision/reason").asString()).isEqualTo("uri_miss");
    assertThat(explained.at("/decision/cache_status").asString())
        .isEqualTo("forebay; fwd=uri-miss");
    assertThat(explained.at("/route/path").asString()).isEqualTo("/*");
    assertThat(explained.at("/key/uri").asString()).isEqualTo(url("/fresh"));
    assertThat(explained.at("/stored").isEmpty()).isTrue();
    assertThat(explained.at("/collapsing/allowed").asBoolean()).isTrue();
    assertThat(explained.has("last_fetch")).isFalse();
    assertThat(asked).as("the origin was not asked").hasValue(0);
  }

  @Test
  void aFreshPageShowsItsNumbers() {
    store("/fresh");
    time.advance(Duration.ofMillis(12_500));
    JsonNode explained = explain("/fresh");
    JsonNode stored = explained.at("/stored/0");
    assertThat(explained.at("/decision/action").asString()).isEqualTo("serve_fresh");
    assertThat(explained.at("/decision/cache_status").asString()).isEqualTo("forebay; hit; ttl=47");
    assertThat(stored.at("/selected").asBoolean()).isTrue();
    assertThat(stored.at("/freshness_lifetime_seconds").asInt()).isEqualTo(60);
    assertThat(stored.at("/freshness_source").asString()).isEqualTo("max_age");
    assertThat(stored.at("/age_seconds").asDouble()).isEqualTo(12.5);
    assertThat(stored.at("/remaining_seconds").asDouble()).isEqualTo(47.5);
    assertThat(stored.at("/stale_while_revalidate_seconds").asInt()).isEqualTo(10);
    assertThat(stored.at("/tags").toString()).isEqualTo("[\"shop\",\"news\"]");
    assertThat(stored.at("/if_origin_is_unreachable/served_stale").asBoolean()).isTrue();
    assertThat(explained.at("/last_fetch/outcome").asString()).isEqualTo("stored");
    assertThat(explained.has("collapsing")).isFalse();
  }

  /// The same words as in the answers of the proxy, at each age.
  @ParameterizedTest
  @CsvSource({
    "30, serve_fresh, fresh",
    "65, serve_stale_while_revalidating, stale_within_window",
    "80, validate, stale"
  })
  void whatIsExplainedIsWhatHappens(int seconds, String action, String reason) {
    store("/fresh");
    time.advance(Duration.ofSeconds(seconds));
    JsonNode explained = explain("/fresh");
    assertThat(explained.at("/decision/action").asString()).isEqualTo(action);
    assertThat(explained.at("/decision/reason").asString()).isEqualTo(reason);
    String cacheStatus = server.getPage("/fresh").headers().firstValue("Cache-Status").orElse("");
    assertThat(cacheStatus).startsWith(explained.at("/decision/cache_status").asString());
  }

  @Test
  void theRequestsFieldsCount() {
    store("/fresh");
    assertThat(
            explain("/fresh", "header=Cache-Control: no-cache").at("/decision/reason").asString())
        .isEqualTo("request_no_cache");
    assertThat(explain("/fresh", "method=DELETE").at("/decision/action").asString())
        .isEqualTo("pass_on");
    JsonNode refused = explain("/private", "header=Cache-Control: only-if-cached");
    assertThat(refused.at("/decision/action").asString()).isEqualTo("refuse");
    assertThat(refused.at("/decision/status").asInt()).isEqualTo(504);
    JsonNode secret = explain("/fresh", "header=Authorization: Bearer x", "header=Cookie: s=1");
    assertThat(secret.at("/request/fields").toString())
        .contains("Authorization: (not shown)")
        .doesNotContain("Bearer");
  }

  @Test
  void anotherVariantIsToldFromNothing() {
    store("/varying");
    JsonNode other = explain("/varying", "header=Accept-Language: de");
    assertThat(other.at("/decision/reason").asString()).isEqualTo("vary_miss");
    assertThat(other.at("/varies_on").toString()).isEqualTo("[\"accept-language\"]");
    assertThat(explain("/varying").at("/decision/action").asString()).isEqualTo("serve_fresh");
  }

  @Test
  void whatIsNotStoredSaysWhy() {
    server.getPage("/private");
    JsonNode explained = explain("/private");
    assertThat(explained.at("/last_fetch/outcome").asString()).isEqualTo("private");
    assertThat(explained.at("/last_fetch/sentence").asString())
        .isEqualTo("the response says private");
    assertThat(explained.at("/last_fetch/status").asInt()).isEqualTo(200);
    assertThat(explained.at("/collapsing/proved_unshareable_lately").asBoolean()).isTrue();
    assertThat(explained.at("/collapsing/allowed").asBoolean()).isFalse();
  }

  @Test
  void theInvalidationThatTouchedAPageIsNamed() {
    store("/fresh");
    var pages = server.running().pages().orElseThrow();
    // The upkeep, which runs by itself, forgets an invalidation once nothing is left that it could
    // cover. As long as a load from before is open, something may be.
    var open = pages.beginLoad("another");
    Invalidation soft = pages.invalidate(new Scope.Tags(Set.of("news")), Invalidation.Mode.SOFT);
    JsonNode stale = explain("/fresh");
    assertThat(stale.at("/stored/0/softly_invalidated").asBoolean()).isTrue();
    assertThat(stale.at("/last_invalidation/position").asString())
        .isEqualTo(soft.position().toString());
    assertThat(stale.at("/last_invalidation/mode").asString()).isEqualTo("soft");
    assertThat(stale.at("/last_invalidation/name").asString()).isEqualTo("news");
    Invalidation hard = pages.invalidate(new Scope.Tags(Set.of("shop")), Invalidation.Mode.HARD);
    JsonNode gone = explain("/fresh");
    assertThat(gone.at("/decision/reason").asString()).isEqualTo("uri_miss");
    assertThat(gone.at("/last_invalidation/position").asString())
        .as("by the tags of the last fetch")
        .isEqualTo(hard.position().toString());
    assertThat(gone.at("/last_invalidation/by").asString()).isEqualTo("tag");
    open.abandon();
  }

  @Test
  void whatIsDroppedFromTheKeyIsNamed() {
    store("/fresh");
    String url = url("/fresh").replace("http:", "https:") + "#top";
    JsonNode explained =
        new JsonMapper().readTree(server.get("/v1/explain?url=" + encoded(url)).body());
    assertThat(explained.at("/key/uri").asString()).isEqualTo(url("/fresh"));
    assertThat(explained.at("/key/changes/0/part").asString()).isEqualTo("scheme");
    assertThat(explained.at("/key/changes/1/part").asString()).isEqualTo("fragment");
    assertThat(explained.at("/decision/action").asString()).isEqualTo("serve_fresh");
  }

  @Test
  void anEncryptedPageHasAKeyOfItsOwn() {
    String url = url("/none").replace("http:", "https:");
    JsonNode explained =
        new JsonMapper().readTree(server.get("/v1/explain?url=" + encoded(url)).body());
    assertThat(explained.at("/key/uri").asString()).isEqualTo(url);
    assertThat(explained.at("/key/changes").isEmpty()).isTrue();
  }

  @Test
  void itLeavesNoTrace() {
    store("/fresh");
    var pages = server.running().pages().orElseThrow();
    var before = pages.statistics();
    explain("/fresh");
    explain("/none");
    assertThat(pages.statistics()).isEqualTo(before);
    assertThat(asked).hasValue(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | url",
        "?url=%2Fp | url",
        "?url=ftp%3A%2F%2Fa%2Fp | url",
        "?url=http%3A%2F%2Fa%20b%2F | url",
        "?url=http%3A%2F%2Fa%2F%C3%A9 | url",
        "?url=http%3A%2F%2Fa%2Fp&method=G%20T | method",
        "?url=http%3A%2F%2Fa%2Fp&header=nonsense | header",
        "?url=http%3A%2F%2Fa%2Fp&header=Host%3A%20b | header",
        "?url=http%3A%2F%2Fa%2Fp&url=http%3A%2F%2Fb%2Fp | url",
        "?url=http%3A%2F%2Fa%2Fp&what=1 | what"
      })
  void badInputSaysWhichPart(String query, String field) {
    HttpResponse<String> answer = server.get("/v1/explain" + query);
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("\"field\":\"" + field + "\"").contains("\"expected\"");
  }

  @Test
  void withoutAProxyThereIsNothingToExplain() {
    try (var without = TestingServer.start("log: {exchanges: off}")) {
      HttpResponse<String> answer = without.get("/v1/explain?url=http%3A%2F%2Fa%2F");
      assertThat(answer.statusCode()).isEqualTo(409);
      assertThat(answer.body()).contains("urn:forebay:problem:proxy-off");
    }
  }

  private HttpResponse<String> askProxy(TestingServer proxy, String path) throws Exception {
    URI page = URI.create("http://" + proxy.running().proxyAddress().orElseThrow() + path);
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(page).header("Forebay-Explain", "?1").build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }

  @Test
  void aRequestMayAskForItsOwnExplanation() throws Exception {
    HttpResponse<String> answer = askProxy(server, "/fresh");
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/json");
    assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-store");
    JsonNode explained = new JsonMapper().readTree(answer.body());
    assertThat(explained.at("/decision/reason").asString()).isEqualTo("uri_miss");
    assertThat(asked).hasValue(0);
  }

  @Test
  void forOthersTheFieldMeansNothingAndGoesNoFurther() throws Exception {
    page("/seen", "no-store");
    AtomicInteger seen = new AtomicInteger();
    origin.createContext(
        "/field",
        exchange -> {
          if (exchange.getRequestHeaders().containsKey("Forebay-Explain")) {
            seen.incrementAndGet();
          }
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    try (var closed =
        TestingServer.start(
            "proxy: {origin: \"http://127.0.0.1:" + origin.getAddress().getPort() + "\"}", time)) {
      assertThat(askProxy(closed, "/seen").body()).isEqualTo("hello");
      assertThat(askProxy(closed, "/field").statusCode()).isEqualTo(200);
      assertThat(seen).hasValue(0);
    }
  }
}
