package io.forebay.proxy;

import static io.forebay.proxy.ProxyUnderTest.cacheStatus;
import static io.forebay.proxy.ProxyUnderTest.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import io.forebay.cache.Invalidation;
import io.forebay.cache.Scope;
import io.forebay.http.FieldLine;
import io.forebay.http.Glob;
import io.forebay.http.HeaderEdits;
import io.forebay.http.caching.CodingRule;
import io.forebay.proxy.route.RouteRules;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.zip.GZIPInputStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Stored pages in content codings of our making, seen from a client.
class CodingsTest {

  private static final String TEXT = "<p>some text that repeats itself</p>\n".repeat(100);

  private ProxyUnderTest proxy;

  @BeforeEach
  void start() throws Exception {
    CodingRule rule = new CodingRule(List.of("zstd", "gzip"), List.of(Glob.of("text/*")), 100);
    var unasked =
        new HeaderEdits(List.of(Glob.ignoringCase("Accept-Encoding")), List.of(), List.of());
    proxy =
        new ProxyUnderTest(all ->
            List.of(
                all.as("unasked", "/unasked*")
                    .withRules(
                        RouteRules.USUAL
                            .withCoding(rule)
                            .withEdits(
                                unasked,
                                new HeaderEdits(
                                    List.of(),
                                    List.of(new FieldLine("X-Edited", "1")),
                                    List.of()))),
                all.withRules(RouteRules.USUAL.withCoding(rule))));
    proxy.origin.page(
        "/p", TEXT, "Cache-Control", "max-age=60", "Content-Type", "text/html", "ETag", "\"v1\"");
  }

  @AfterEach
  void stop() throws Exception {
    proxy.close();
  }

  private HttpResponse<byte[]> get(String path, String... fields) throws Exception {
    HttpRequest.Builder request = proxy.request(path);
    return proxy.client.send(
        (fields.length == 0 ? request : request.headers(fields)).build(),
        HttpResponse.BodyHandlers.ofByteArray());
  }

  private static String header(HttpResponse<?> answer, String name) {
    return String.join(", ", answer.headers().allValues(name));
  }

  private static String decoded(HttpResponse<byte[]> answer) throws IOException {
    byte[] body = answer.body();
    byte[] content =
        switch (header(answer, "Content-Encoding")) {
          case "gzip" -> new GZIPInputStream(new ByteArrayInputStream(body)).readAllBytes();
          case "zstd" -> Zstd.decompress(body, (int) Zstd.getFrameContentSize(body));
          default -> body;
        };
    return new String(content, StandardCharsets.UTF_8);
  }

  /// Asks until the coding is there: the first who want it get the page as it is.
  private HttpResponse<byte[]> codedBy(String coding, String path) throws Exception {
    Awaitility.await()
        .until(
            () -> header(get(path, "Accept-Encoding", coding), "Content-Encoding").equals(coding));
    return get(path, "Accept-Encoding", coding);
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "zstd"})
  void aStoredPageIsServedInTheCodingThatTheClientLikes(String coding) throws Exception {
    proxy.getStored("/p");
    HttpResponse<byte[]> coded = codedBy(coding, "/p");
    assertThat(decoded(coded)).isEqualTo(TEXT);
    assertThat(coded.body().length).isLessThan(TEXT.length() / 4);
    assertThat(header(coded, "Content-Length")).isEqualTo(Integer.toString(coded.body().length));
    assertThat(header(coded, "ETag")).isEqualTo("W/\"v1\"");
    assertThat(header(coded, "Vary")).isEqualTo("Accept-Encoding");
    assertThat(cacheStatus(coded)).isEqualTo("forebay; hit; ttl=60");

    HttpResponse<byte[]> plain = get("/p");
    assertThat(new String(plain.body(), StandardCharsets.UTF_8))
        .as("byte for byte")
        .isEqualTo(TEXT);
    assertThat(header(plain, "ETag")).isEqualTo("\"v1\"");
    assertThat(header(plain, "Content-Encoding")).isEmpty();
    assertThat(header(plain, "Vary")).isEqualTo("Accept-Encoding");
    assertThat(proxy.origin.asked("/p")).as("for all of them").hasSize(1);
  }

  @Test
  void eachCodingIsMadeOnceForAPage() throws Exception {
    proxy.getStored("/p");
    codedBy("gzip", "/p");
    codedBy("zstd", "/p");
    for (int i = 0; i < 5; i++) {
      get("/p", "Accept-Encoding", "gzip, deflate, br, zstd;q=0.9");
      get("/p", "Accept-Encoding", "zstd, gzip");
    }
    assertThat(proxy.proxy.figures().pagesCoded()).isEqualTo(2);
  }

  @Test
  void theFirstAnswerSaysThatItVariesThoughItIsNotCoded() throws Exception {
    HttpResponse<byte[]> first = get("/p", "Accept-Encoding", "gzip");
    assertThat(decoded(first)).isEqualTo(TEXT);
    assertThat(header(first, "Vary")).isEqualTo("Accept-Encoding");
  }

  @Test
  void aPartIsOneOfThePageAsItIs() throws Exception {
    proxy.getStored("/p");
    codedBy("gzip", "/p");
    HttpResponse<byte[]> part = get("/p", "Accept-Encoding", "gzip", "Range", "bytes=3-6");
    assertThat(part.statusCode()).isEqualTo(206);
    assertThat(new String(part.body(), StandardCharsets.UTF_8)).isEqualTo("some");
    assertThat(header(part, "Content-Encoding")).isEmpty();
    assertThat(header(part, "ETag")).isEqualTo("\"v1\"");
    // Whoever holds coded bytes can't go on with plain ones: a weak tag never matches.
    HttpResponse<byte[]> whole =
        get("/p", "Accept-Encoding", "gzip", "Range", "bytes=3-6", "If-Range", "W/\"v1\"");
    assertThat(whole.statusCode()).isEqualTo(200);
    assertThat(decoded(whole)).isEqualTo(TEXT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"v1\"", "W/\"v1\""})
  void aClientThatHasItInAnyCodingGetsNotModified(String tag) throws Exception {
    proxy.getStored("/p");
    codedBy("gzip", "/p");
    HttpResponse<byte[]> answer = get("/p", "Accept-Encoding", "gzip", "If-None-Match", tag);
    assertThat(answer.statusCode()).isEqualTo(304);
    assertThat(header(answer, "ETag")).isEqualTo("W/\"v1\"");
    assertThat(header(answer, "Vary")).isEqualTo("Accept-Encoding");
    assertThat(answer.body()).isEmpty();
  }

  @Test
  void headSaysWhatGetWould() throws Exception {
    proxy.getStored("/p");
    HttpResponse<byte[]> coded = codedBy("gzip", "/p");
    HttpResponse<byte[]> head =
        proxy.client.send(
            proxy
                .request("/p")
                .header("Accept-Encoding", "gzip")
                .method("HEAD", HttpRequest.BodyPublishers.noBody())
                .build(),
            HttpResponse.BodyHandlers.ofByteArray());
    for (String name : List.of("Content-Encoding", "Content-Length", "ETag", "Vary")) {
      assertThat(header(head, name)).as(name).isEqualTo(header(coded, name));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/small", "/image", "/gzipped", "/fixed", "/error"})
  void otherPagesStayAsTheyAre(String path) throws Exception {
    String maxAge = "max-age=60";
    proxy.origin.page("/small", "x", "Cache-Control", maxAge, "Content-Type", "text/html");
    proxy.origin.page("/image", TEXT, "Cache-Control", maxAge, "Content-Type", "image/bmp");
    proxy.origin.page(
        "/gzipped",
        TEXT,
        "Cache-Control",
        maxAge,
        "Content-Type",
        "text/html",
        "Content-Encoding",
        "x-own");
    proxy.origin.page(
        "/fixed", TEXT, "Cache-Control", maxAge + ", no-transform", "Content-Type", "text/html");
    proxy.origin.on(
        "/error",
        request ->
            request
                .response()
                .setStatusCode(404)
                .putHeader("Cache-Control", maxAge)
                .putHeader("Content-Type", "text/html")
                .end(TEXT));
    proxy.getStored(path);
    String own = path.equals("/gzipped") ? "x-own" : "";
    for (int i = 0; i < 3; i++) {
      HttpResponse<byte[]> answer = get(path, "Accept-Encoding", "gzip, zstd");
      assertThat(header(answer, "Content-Encoding")).isEqualTo(own);
    }
    assertThat(proxy.proxy.figures().pagesCoded()).isZero();
  }

  /// What cannot be made shorter is tried once.
  @Test
  void contentThatDoesNotShrinkStaysAsItIs() throws Exception {
    byte[] noise = new byte[5_000];
    new Random(7).nextBytes(noise);
    proxy.origin.on(
        "/noise",
        request ->
            request
                .response()
                .putHeader("Cache-Control", "max-age=60")
                .putHeader("Content-Type", "text/plain")
                .end(io.vertx.core.buffer.Buffer.buffer(noise)));
    proxy.getStored("/noise");
    get("/noise", "Accept-Encoding", "gzip");
    Awaitility.await().until(() -> proxy.proxy.figures().pagesCoded() == 1);
    for (int i = 0; i < 3; i++) {
      assertThat(get("/noise", "Accept-Encoding", "gzip").body()).isEqualTo(noise);
    }
    assertThat(proxy.proxy.figures().pagesCoded()).isEqualTo(1);
  }

  @Test
  void theBytesCountInTheCachesWeightAndGoWithThePage() throws Exception {
    proxy.getStored("/p");
    long plain = proxy.pages.statistics().weightBytes();
    long coded = codedBy("gzip", "/p").body().length;
    assertThat(proxy.pages.statistics().weightBytes())
        .isBetween(plain + coded, plain + coded + 400);
    assertThat(proxy.pages.statistics().entries()).isEqualTo(1);
    proxy.pages.invalidate(new Scope.Everything(), Invalidation.Mode.HARD);
    proxy.origin.page(
        "/p", "other " + TEXT, "Cache-Control", "max-age=60", "Content-Type", "text/html");
    proxy.getStored("/p");
    assertThat(decoded(get("/p", "Accept-Encoding", "gzip"))).startsWith("other");
    assertThat(decoded(codedBy("gzip", "/p"))).startsWith("other");
  }

  /// Adding a coding is no new load: age, lifetime and tags stay, and so do invalidations.
  @Test
  void nothingElseOfThePageChanges() throws Exception {
    proxy.origin.page(
        "/p",
        TEXT,
        "Cache-Control",
        "max-age=60, stale-while-revalidate=30",
        "Content-Type",
        "text/html",
        "Cache-Tag",
        "shop");
    proxy.getStored("/p");
    proxy.time.advance(seconds(25));
    HttpResponse<byte[]> coded = codedBy("gzip", "/p");
    assertThat(header(coded, "Age")).isEqualTo("25");
    assertThat(cacheStatus(coded)).isEqualTo("forebay; hit; ttl=35");
    proxy.time.advance(seconds(45));
    assertThat(cacheStatus(get("/p", "Accept-Encoding", "gzip")))
        .as("stale, within its window")
        .isEqualTo("forebay; hit; ttl=-10");
    Awaitility.await().until(() -> cacheStatus(get("/p")).equals("forebay; hit; ttl=60"));
    codedBy("gzip", "/p");
    proxy.pages.invalidate(new Scope.Tags(Set.of("shop")), Invalidation.Mode.HARD);
    assertThat(cacheStatus(get("/p", "Accept-Encoding", "gzip"))).contains("fwd=uri-miss");
  }

  /// A page that the origin confirms, once it may.
  private void startConfirming(String cacheControl, CompletableFuture<Void> mayConfirm) {
    proxy.origin.on(
        "/p",
        request -> {
          request
              .response()
              .putHeader("Cache-Control", cacheControl)
              .putHeader("Content-Type", "text/html")
              .putHeader("ETag", "\"v1\"");
          if ("\"v1\"".equals(request.getHeader("If-None-Match"))) {
            var _ = mayConfirm.thenRun(() -> request.response().setStatusCode(304).end());
          } else {
            request.response().end(TEXT);
          }
        });
  }

  @Test
  void aConfirmedPageKeepsItsCodings() throws Exception {
    startConfirming("max-age=10", CompletableFuture.completedFuture(null));
    proxy.getStored("/p");
    codedBy("gzip", "/p");
    proxy.time.advance(seconds(11));
    get("/p");
    Awaitility.await().until(() -> cacheStatus(get("/p")).equals("forebay; hit; ttl=10"));
    assertThat(header(get("/p", "Accept-Encoding", "gzip"), "Content-Encoding")).isEqualTo("gzip");
    assertThat(proxy.proxy.figures().pagesCoded()).isEqualTo(1);
  }

  /// One that is asked for rarely is stale each time: what was made of it while it was refreshed
  /// serves the next.
  @Test
  void aPageThatIsConfirmedWhileItIsCodedKeepsTheCoding() throws Exception {
    CompletableFuture<Void> isCoded = new CompletableFuture<>();
    startConfirming("max-age=10, stale-while-revalidate=60", isCoded);
    proxy.getStored("/p");
    proxy.time.advance(seconds(11));
    get("/p", "Accept-Encoding", "gzip");
    Awaitility.await().until(() -> proxy.proxy.figures().pagesCoded() == 1);
    isCoded.complete(null);
    Awaitility.await().until(() -> proxy.proxy.figures().fetchesUnderWay() == 0);
    proxy.time.advance(seconds(11));
    HttpResponse<byte[]> next = get("/p", "Accept-Encoding", "gzip");
    assertThat(cacheStatus(next)).isEqualTo("forebay; hit; ttl=-1");
    assertThat(header(next, "Content-Encoding")).isEqualTo("gzip");
    assertThat(proxy.proxy.figures().pagesCoded()).isEqualTo(1);
  }

  /// A softly invalidated page is not made fresh by coding it.
  @Test
  void aPageThatWasMarkedStaleStaysSo() throws Exception {
    proxy.origin.page(
        "/p",
        TEXT,
        "Cache-Control",
        "max-age=60, stale-while-revalidate=30",
        "Content-Type",
        "text/html");
    proxy.getStored("/p");
    proxy.pages.invalidate(new Scope.Everything(), Invalidation.Mode.SOFT);
    try (var entry = proxy.pages.peek("http://127.0.0.1:" + proxy.port + "/p")) {
      assertThat(Objects.requireNonNull(entry).isSoftInvalidated()).isTrue();
    }
    HttpResponse<byte[]> stale = get("/p", "Accept-Encoding", "gzip");
    assertThat(decoded(stale)).isEqualTo(TEXT);
    assertThat(cacheStatus(stale)).isEqualTo("forebay; hit; ttl=0");
    Awaitility.await().until(() -> proxy.origin.asked("/p").size() == 2);
    assertThat(decoded(codedBy("gzip", "/p"))).isEqualTo(TEXT);
  }

  /// With the field kept from an origin that would code by itself, there is one page for all.
  @Test
  void aRouteMayKeepAcceptEncodingFromTheOrigin() throws Exception {
    proxy.origin.page(
        "/unasked",
        TEXT,
        "Cache-Control",
        "max-age=60",
        "Content-Type",
        "text/html",
        "Vary",
        "Accept-Encoding");
    get("/unasked", "Accept-Encoding", "gzip");
    assertThat(proxy.origin.asked("/unasked").getFirst().fields())
        .doesNotContainKey("Accept-Encoding");
    HttpResponse<byte[]> gzip = codedBy("gzip", "/unasked");
    assertThat(header(gzip, "X-Edited")).isEqualTo("1");
    assertThat(header(codedBy("zstd", "/unasked"), "Vary")).isEqualTo("Accept-Encoding");
    assertThat(proxy.origin.asked("/unasked")).hasSize(1);
  }
}
