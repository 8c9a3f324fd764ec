package io.forebay.proxy;

import static io.forebay.proxy.ProxyUnderTest.cacheStatus;
import static io.forebay.proxy.ProxyUnderTest.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.http.caching.CachePolicy;
import io.forebay.proxy.origin.OriginTimeouts;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What HTTP asks of a cache beside storing and serving, seen from a client: HEAD, conditions,
/// redirects, invalidation by other methods, and bytes that pass as they are.
class HttpRulesTest {

  private ProxyUnderTest proxy;

  @BeforeEach
  void start() throws Exception {
    proxy = new ProxyUnderTest();
  }

  @AfterEach
  void stop() throws Exception {
    proxy.close();
  }

  private HttpResponse<String> stored(String path) throws Exception {
    long before = proxy.pages.statistics().writes();
    HttpResponse<String> answer = proxy.get(path);
    Awaitility.await().until(() -> proxy.pages.statistics().writes() > before);
    return answer;
  }

  private HttpResponse<Void> head(String path) throws Exception {
    return proxy.client.send(
        proxy.request(path).method("HEAD", HttpRequest.BodyPublishers.noBody()).build(),
        HttpResponse.BodyHandlers.discarding());
  }

  /// RFC 9111 §4.3.5.
  @ParameterizedTest
  @CsvSource({"v1, hit; ttl=10, 1", "v2, fwd=uri-miss, 2"})
  void headFreshensWhatIsStoredOrShowsItOutOfDate(String tag, String expected, int gets)
      throws Exception {
    AtomicReference<String> current = new AtomicReference<>("v1");
    proxy.origin.on(
        "/p",
        request ->
            request
                .response()
                .putHeader("Cache-Control", "max-age=10")
                .putHeader("ETag", '"' + current.get() + '"')
                .putHeader("Content-Length", "4")
                .end(request.method().name().equals("HEAD") ? "" : "page"));
    stored("/p");
    proxy.time.advance(seconds(11));
    current.set(tag);
    assertThat(head("/p").statusCode()).isEqualTo(200);
    HttpResponse<String> after = proxy.get("/p");
    assertThat(cacheStatus(after)).contains(expected);
    assertThat(after.body()).isEqualTo("page");
    assertThat(proxy.origin.asked("/p")).filteredOn(r -> r.method().equals("GET")).hasSize(gets);
  }

  /// Beside RFC 9111 §4.3.5, which lets an answer without validators confirm whatever it does not
  /// contradict: the body may have changed, and a stranger's HEAD would keep the old one fresh.
  @Test
  void aHeadWithoutAValidatorDoesNotMakeAnOldBodyFresh() throws Exception {
    AtomicReference<String> page = new AtomicReference<>("old page");
    proxy.origin.page(
        "/p",
        request -> request.method().name().equals("HEAD") ? "" : page.get(),
        "Cache-Control",
        "max-age=10");
    stored("/p");
    proxy.time.advance(seconds(11));
    page.set("new page");
    assertThat(head("/p").statusCode()).isEqualTo(200);
    assertThat(proxy.get("/p").body()).isEqualTo("new page");
  }

  /// A body that came without a length has one by now.
  @Test
  void theLengthThatHeadTellsIsComparedWithTheBodyThatCameInChunks() throws Exception {
    AtomicReference<String> page = new AtomicReference<>("old page");
    proxy.origin.on(
        "/p",
        request -> {
          request.response().putHeader("Cache-Control", "max-age=10").putHeader("ETag", "\"v1\"");
          if (request.method().name().equals("HEAD")) {
            String length = Integer.toString(page.get().length());
            request.response().putHeader("Content-Length", length).end();
          } else {
            request.response().setChunked(true).end(page.get());
          }
        });
    stored("/p");
    HttpResponse<Void> same = headNow("/p");
    assertThat(same.statusCode()).isEqualTo(200);
    assertThat(cacheStatus(proxy.get("/p"))).contains("hit");
    page.set("another page");
    headNow("/p");
    assertThat(proxy.get("/p").body()).isEqualTo("another page");
  }

  private HttpResponse<Void> headNow(String path) throws Exception {
    return proxy.client.send(
        proxy
            .request(path)
            .method("HEAD", HttpRequest.BodyPublishers.noBody())
            .header("Cache-Control", "no-cache")
            .build(),
        HttpResponse.BodyHandlers.discarding());
  }

  /// RFC 9110 §13.1, evaluated against what is stored.
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '\'',
      value = {
        "If-Match, \"v1\", 200",
        "If-Match, *, 200",
        "If-Match, \"v0\", 412",
        "If-Match, W/\"v1\", 412",
        "If-None-Match, \"v1\", 304",
        "If-None-Match, W/\"v1\", 304",
        "If-None-Match, *, 304",
        "If-None-Match, \"v0\", 200",
        "If-Modified-Since, 'Sun, 01 Feb 2026 00:00:00 GMT', 304",
        "If-Modified-Since, 'Sat, 31 Jan 2026 23:59:59 GMT', 200",
        "If-Unmodified-Since, 'Sun, 01 Feb 2026 00:00:00 GMT', 200",
        "If-Unmodified-Since, 'Sat, 31 Jan 2026 23:59:59 GMT', 412",
      })
  void conditionsAreEvaluatedAgainstWhatIsStored(String name, String value, int status)
      throws Exception {
    proxy.origin.page(
        "/p",
        "hello",
        "Cache-Control",
        "max-age=60",
        "ETag",
        "\"v1\"",
        "Last-Modified",
        "Sun, 01 Feb 2026 00:00:00 GMT");
    stored("/p");
    HttpResponse<String> answer = proxy.get("/p", name, value);
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(answer.body()).isEqualTo(status == 200 ? "hello" : "");
    assertThat(proxy.origin.asked("/p")).hasSize(1);
  }

  @Test
  void aRedirectIsStoredAndNotFollowed() throws Exception {
    proxy.origin.on(
        "/old",
        request ->
            request
                .response()
                .setStatusCode(301)
                .putHeader("Location", "/new")
                .putHeader("Cache-Control", "max-age=60")
                .end());
    stored("/old");
    HttpResponse<String> again = proxy.get("/old");
    assertThat(again.statusCode()).isEqualTo(301);
    assertThat(again.headers().firstValue("Location")).hasValue("/new");
    assertThat(cacheStatus(again)).contains("hit");
    assertThat(proxy.origin.asked("/new")).isEmpty();
  }

  /// RFC 9111 §4.4.
  @ParameterizedTest
  @CsvSource({
    "POST, 200, /other, true",
    "DELETE, 204, /other, true",
    "PUT, 302, /other, true",
    "POST, 404, /other, false",
    "POST, 200, http://elsewhere.example/other, false",
  })
  void aChangeInvalidatesWhatItNamesOnTheSameOrigin(
      String method, int status, String location, boolean invalidated) throws Exception {
    proxy.origin.page("/other", "other", "Cache-Control", "max-age=60");
    proxy.origin.on(
        "/form",
        request -> request.response().setStatusCode(status).putHeader("Location", location).end());
    stored("/other");
    proxy.send(method, "/form", "");
    assertThat(cacheStatus(proxy.get("/other")).contains("hit")).isEqualTo(!invalidated);
  }

  /// RFC 9110 §9.3.3.
  @Test
  void aPostThatIsWhatGetWouldAnswerServesLaterGets() throws Exception {
    proxy.origin.page(
        "/p",
        request -> "answer to " + request.method(),
        "Cache-Control",
        "max-age=60",
        "Content-Location",
        "/p");
    proxy.send("POST", "/p", "");
    Awaitility.await().until(() -> proxy.pages.statistics().writes() > 0);
    assertThat(proxy.get("/p").body()).isEqualTo("answer to POST");
    assertThat(proxy.send("POST", "/p", "").body()).isEqualTo("answer to POST");
    assertThat(proxy.origin.asked("/p")).hasSize(2);
  }

  /// RFC 9111 §4.4: also when the answer itself is stored.
  @Test
  void aPostWhoseAnswerIsStoredInvalidatesTheOtherVariantsAndPlacesFirst() throws Exception {
    proxy.origin.page("/other", "other", "Cache-Control", "max-age=60");
    proxy.origin.page(
        "/p",
        request -> request.method() + " " + request.getHeader("X-V"),
        "Cache-Control",
        "max-age=60",
        "Content-Location",
        "/p",
        "Location",
        "/other",
        "Vary",
        "X-V");
    stored("/other");
    proxy.get("/p", "X-V", "1");
    Awaitility.await().until(() -> cacheStatus(proxy.get("/p", "X-V", "1")).contains("hit"));
    long before = proxy.pages.statistics().writes();
    assertThat(proxy.send("POST", "/p", "").body()).isEqualTo("POST null");
    Awaitility.await().until(() -> proxy.pages.statistics().writes() > before);
    assertThat(proxy.get("/p").body()).isEqualTo("POST null");
    assertThat(cacheStatus(proxy.get("/p", "X-V", "1"))).doesNotContain("hit");
    assertThat(cacheStatus(proxy.get("/other"))).doesNotContain("hit");
  }

  /// RFC 9111 §4.2.3: residence counts from when the head was received, not the body's end.
  @Test
  void theTimeThatABodyTakesCountsAsAge() throws Exception {
    AtomicReference<Runnable> rest = new AtomicReference<>();
    proxy.origin.on(
        "/p",
        request -> {
          request.response().setChunked(true).putHeader("Cache-Control", "max-age=60");
          request.response().write("slow ");
          rest.set(() -> proxy.vertx.runOnContext(_ -> request.response().end("page")));
        });
    var arriving =
        proxy.client.send(proxy.request("/p").build(), HttpResponse.BodyHandlers.ofInputStream());
    proxy.time.advance(seconds(7));
    rest.get().run();
    assertThat(new String(arriving.body().readAllBytes(), StandardCharsets.US_ASCII))
        .isEqualTo("slow page");
    Awaitility.await().until(() -> proxy.pages.statistics().writes() > 0);
    assertThat(proxy.get("/p").headers().firstValue("Age")).hasValue("7");
  }

  /// RFC 9110 §5.5: obs-text is opaque.
  @Test
  void fieldValuesPassByteExactAndAreComparedSo() throws Exception {
    String tag = "\"caf\u00e9 \u00c3\u00a9\"";
    try (RawOrigin origin =
            new RawOrigin((_, _) ->
                "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nETag: "
                    + tag
                    + "\r\nContent-Length: 4\r\n\r\npage");
        ProxyUnderTest other =
            new ProxyUnderTest(
                CachePolicy.defaults(),
                new OriginTimeouts(seconds(5), seconds(5), seconds(5)),
                origin.address())) {
      String request = "GET /p?q HTTP/1.1\r\nHost: x\r\nX-A: \u00e9\r\n";
      assertThat(exchange(other, request)).contains("200 OK").contains("ETag: " + tag + "\r\n");
      assertThat(origin.asked().getFirst()).contains("X-A: \u00e9\n");
      Awaitility.await().until(() -> other.pages.statistics().writes() > 0);
      assertThat(exchange(other, request + "If-None-Match: " + tag + "\r\n"))
          .startsWith("HTTP/1.1 304")
          .contains("ETag: " + tag + "\r\n");
    }
  }

  private static String exchange(ProxyUnderTest proxy, String request) throws Exception {
    try (RawClient client = new RawClient(proxy.port)) {
      client.send(request + "Connection: close\r\n\r\n");
      return client.readToEnd();
    }
  }
}
