package io.forebay.proxy;

import static io.forebay.proxy.ProxyUnderTest.cacheStatus;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.http.HttpServerRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// One fetch for many clients, and nobody queued behind what can't be shared.
class CollapsingTest {

  private static final int CLIENTS = 100;

  private ProxyUnderTest proxy;

  @BeforeEach
  void start() throws Exception {
    proxy = new ProxyUnderTest();
  }

  @AfterEach
  void stop() throws Exception {
    proxy.close();
  }

  private List<CompletableFuture<HttpResponse<String>>> clients(String path, int count) {
    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      answers.add(proxy.getAsync(path));
    }
    return answers;
  }

  /// Until so many requests wait for another's, and that one has reached the origin.
  private void awaitCollapsed(int requests, Queue<HttpServerRequest> held) {
    Awaitility.await()
        .until(() -> proxy.proxy.figures().collapsed() == requests && !held.isEmpty());
  }

  @Test
  void aHundredRequestsForOneMissingPageAreOneRequestToTheOrigin() throws Exception {
    Queue<HttpServerRequest> held = new ConcurrentLinkedQueue<>();
    proxy.origin.on("/p", held::add);
    var answers = clients("/p", CLIENTS);
    awaitCollapsed(CLIENTS - 1, held);
    held.remove().response().putHeader("Cache-Control", "max-age=60").end("shared");
    int collapsed = 0;
    for (var answer : answers) {
      HttpResponse<String> response = answer.get(20, TimeUnit.SECONDS);
      assertThat(response.body()).isEqualTo("shared");
      collapsed += cacheStatus(response).contains("collapsed") ? 1 : 0;
    }
    assertThat(collapsed).isEqualTo(CLIENTS - 1);
    assertThat(proxy.origin.asked("/p")).hasSize(1);
  }

  @Test
  void followersOfAnUncacheablePageAreReleasedAtItsHeadAndRunSideBySide() throws Exception {
    Queue<HttpServerRequest> held = new ConcurrentLinkedQueue<>();
    proxy.origin.on("/p", held::add);
    var answers = clients("/p", CLIENTS);
    awaitCollapsed(CLIENTS - 1, held);
    assertThat(held).hasSize(1);
    // Only the head, and a first byte: the followers must not wait for the rest.
    HttpServerRequest first = held.remove();
    first.response().setChunked(true).putHeader("Cache-Control", "no-store").write("u");
    // All at the origin at once, none answered yet.
    Awaitility.await().until(() -> held.size() == CLIENTS - 1);
    held.forEach(
        request -> request.response().putHeader("Cache-Control", "no-store").end("unshared"));
    first.response().end("nshared");
    for (var answer : answers) {
      assertThat(answer.get(20, TimeUnit.SECONDS).body()).isEqualTo("unshared");
    }
    // And the next ones do not even meet.
    held.clear();
    var next = clients("/p", 10);
    Awaitility.await().until(() -> held.size() == 10);
    held.forEach(request -> request.response().end("later"));
    for (var answer : next) {
      assertThat(answer.get(20, TimeUnit.SECONDS).body()).isEqualTo("later");
    }
    assertThat(proxy.proxy.figures().collapsed()).isEqualTo(CLIENTS - 1);
  }

  @Test
  void followersOfOtherVariantsRegroup() throws Exception {
    Queue<HttpServerRequest> held = new ConcurrentLinkedQueue<>();
    proxy.origin.on("/p", held::add);
    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      answers.add(proxy.getAsync("/p", "Accept-Language", i % 2 == 0 ? "de" : "fr"));
    }
    awaitCollapsed(19, held);
    answer(held.remove());
    Awaitility.await().until(() -> !held.isEmpty());
    // The other language's followers wait for one fetch of their own.
    awaitCollapsed(19 + 9, held);
    answer(held.remove());
    for (int i = 0; i < 20; i++) {
      assertThat(answers.get(i).get(20, TimeUnit.SECONDS).body())
          .isEqualTo(i % 2 == 0 ? "in de" : "in fr");
    }
    assertThat(proxy.origin.asked("/p")).hasSize(2);
  }

  private static void answer(HttpServerRequest request) {
    request
        .response()
        .putHeader("Cache-Control", "max-age=60")
        .putHeader("Vary", "Accept-Language")
        .end("in " + request.getHeader("Accept-Language"));
  }

  @Test
  void aRequestAfterAnInvalidationDoesNotJoinAFetchFromBefore() throws Exception {
    Queue<HttpServerRequest> held = new ConcurrentLinkedQueue<>();
    proxy.origin.on(
        "/p",
        request -> {
          if (request.method().name().equals("POST")) {
            request.response().setStatusCode(204).end();
          } else {
            held.add(request);
          }
        });
    var before = proxy.getAsync("/p");
    Awaitility.await().until(() -> held.size() == 1);
    proxy.send("POST", "/p", "change");
    var after = proxy.getAsync("/p");
    Awaitility.await().until(() -> held.size() == 2);
    held.remove().response().putHeader("Cache-Control", "max-age=60").end("old");
    assertThat(before.get(20, TimeUnit.SECONDS).body()).isEqualTo("old");
    held.remove().response().putHeader("Cache-Control", "max-age=60").end("new");
    assertThat(after.get(20, TimeUnit.SECONDS).body()).isEqualTo("new");
    assertThat(proxy.get("/p").body()).as("the old one was not stored").isEqualTo("new");
  }

  private RawClient impatient(String path) throws Exception {
    RawClient client = new RawClient(proxy.port);
    client.send("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + proxy.port + "\r\n\r\n");
    return client;
  }

  @Test
  void aClientThatLeavesTakesNothingFromTheOthers() throws Exception {
    Queue<HttpServerRequest> held = new ConcurrentLinkedQueue<>();
    proxy.origin.on("/p", held::add);
    CompletableFuture<HttpResponse<String>> patient;
    try (var _ = impatient("/p")) {
      Awaitility.await().until(() -> held.size() == 1);
      patient = proxy.getAsync("/p");
      awaitCollapsed(1, held);
    }
    Awaitility.await().until(() -> proxy.proxy.figures().exchangesUnderWay() == 1);
    held.remove().response().putHeader("Cache-Control", "max-age=60").end("whole");
    assertThat(patient.get(20, TimeUnit.SECONDS).body()).isEqualTo("whole");
    assertThat(proxy.origin.asked("/p")).hasSize(1);
    // The client may have its answer before the exchange is recorded.
    Awaitility.await()
        .untilAsserted(() ->
            assertThat(proxy.records)
                .anySatisfy(record -> assertThat(record.cutOff()).isTrue())
                .anySatisfy(record -> assertThat(record.status()).isEqualTo(200)));
  }

  @Test
  void whenTheLastClientLeavesTheFetchEndsAndTheNextBeginsAnew() throws Exception {
    Queue<HttpServerRequest> held = new ConcurrentLinkedQueue<>();
    AtomicInteger closed = new AtomicInteger();
    proxy.origin.on(
        "/p",
        request -> {
          request.response().closeHandler(_ -> closed.incrementAndGet());
          held.add(request);
        });
    try (var _ = impatient("/p");
        var _ = impatient("/p")) {
      awaitCollapsed(1, held);
    }
    // Although the origin has not answered.
    Awaitility.await().until(() -> proxy.proxy.figures().exchangesUnderWay() == 0);
    Awaitility.await().until(() -> closed.get() == 1);
    Awaitility.await().until(() -> proxy.proxy.figures().fetchesUnderWay() == 0);
    held.clear();
    var next = proxy.getAsync("/p");
    Awaitility.await().until(() -> held.size() == 1);
    held.remove().response().end("anew");
    assertThat(next.get(20, TimeUnit.SECONDS).body()).isEqualTo("anew");
  }

  @Test
  void aChangeIsCarriedOutAlsoWhenItsClientLeaves() throws Exception {
    Queue<HttpServerRequest> held = new ConcurrentLinkedQueue<>();
    AtomicInteger version = new AtomicInteger();
    proxy.origin.on(
        "/p",
        request -> {
          if (request.method().name().equals("GET")) {
            request
                .response()
                .putHeader("Cache-Control", "max-age=60")
                .end("version " + version.get());
          } else {
            held.add(request);
          }
        });
    proxy.getStored("/p");
    try (RawClient client = new RawClient(proxy.port)) {
      client.send("DELETE /p HTTP/1.1\r\nHost: 127.0.0.1:" + proxy.port + "\r\n\r\n");
      Awaitility.await().until(() -> held.size() == 1);
    }
    Awaitility.await().until(() -> proxy.proxy.figures().exchangesUnderWay() == 0);
    version.set(1);
    held.remove().response().setStatusCode(204).end();
    Awaitility.await().until(() -> proxy.get("/p").body().equals("version 1"));
  }

  /// The origin's trouble is not made worse by all who waited, and what is not storable is not
  /// reused: they get an error of ours.
  @Test
  void followersOfAServerErrorDoNotAskAgain() throws Exception {
    Queue<HttpServerRequest> held = new ConcurrentLinkedQueue<>();
    proxy.origin.on("/p", held::add);
    var answers = clients("/p", 20);
    awaitCollapsed(19, held);
    held.remove().response().setStatusCode(503).end("the origin's own words");
    int ours = 0;
    for (var answer : answers) {
      HttpResponse<String> response = answer.get(20, TimeUnit.SECONDS);
      assertThat(response.statusCode()).isEqualTo(503);
      if (cacheStatus(response).contains("collapsed")) {
        ours++;
        assertThat(response.headers().firstValue("Proxy-Status"))
            .hasValue("forebay; received-status=503");
        assertThat(response.body()).doesNotContain("the origin's own words");
      }
    }
    assertThat(ours).isEqualTo(19);
    assertThat(proxy.origin.asked("/p")).hasSize(1);
    // Nothing of it is left.
    proxy.origin.page("/p", "well again");
    assertThat(proxy.get("/p").body()).isEqualTo("well again");
  }

  /// A 500 may be the leader's alone.
  @Test
  void followersOfAnInternalErrorAskForThemselves() throws Exception {
    Queue<HttpServerRequest> held = new ConcurrentLinkedQueue<>();
    proxy.origin.on("/p", held::add);
    var answers = clients("/p", 3);
    awaitCollapsed(2, held);
    held.remove().response().setStatusCode(500).end("sorry");
    Awaitility.await().until(() -> held.size() == 2);
    held.forEach(request -> request.response().end("fine"));
    int fine = 0;
    for (var answer : answers) {
      fine += answer.get(20, TimeUnit.SECONDS).body().equals("fine") ? 1 : 0;
    }
    assertThat(fine).isEqualTo(2);
  }

  @Test
  void ofTwoFetchesOfOnePageTheLaterOneStays() throws Exception {
    Queue<HttpServerRequest> held = new ConcurrentLinkedQueue<>();
    proxy.origin.on("/p", held::add);
    // Authorized requests are not collapsed; both answers may be shared.
    var earlier = proxy.getAsync("/p", "Authorization", "a");
    Awaitility.await().until(() -> held.size() == 1);
    var later = proxy.getAsync("/p", "Authorization", "b");
    Awaitility.await().until(() -> held.size() == 2);
    HttpServerRequest first = held.remove();
    held.remove().response().putHeader("Cache-Control", "public, max-age=60").end("new");
    assertThat(later.get(20, TimeUnit.SECONDS).body()).isEqualTo("new");
    Awaitility.await().until(() -> proxy.pages.statistics().entries() == 1);
    first.response().putHeader("Cache-Control", "public, max-age=60").end("old");
    assertThat(earlier.get(20, TimeUnit.SECONDS).body()).isEqualTo("old");
    Awaitility.await().until(() -> proxy.proxy.figures().fillBytes() == 0);
    assertThat(proxy.get("/p").body()).isEqualTo("new");
  }

  @Test
  void aStalePageIsValidatedOnceForAll() throws Exception {
    Queue<HttpServerRequest> held = new ConcurrentLinkedQueue<>();
    AtomicInteger calls = new AtomicInteger();
    proxy.origin.on(
        "/p",
        request -> {
          request.response().putHeader("ETag", "\"v1\"").putHeader("Cache-Control", "max-age=10");
          if (calls.getAndIncrement() == 0) {
            request.response().end("body");
          } else {
            held.add(request);
          }
        });
    proxy.getStored("/p");
    proxy.time.advance(ProxyUnderTest.seconds(11));
    var answers = clients("/p", 20);
    awaitCollapsed(19, held);
    held.remove().response().setStatusCode(304).end();
    for (var answer : answers) {
      assertThat(answer.get(20, TimeUnit.SECONDS).body()).isEqualTo("body");
    }
    assertThat(calls).hasValue(2);
  }

  /// What one client's own fields provoked says nothing of what the others would get; else anybody
  /// could send them all to the origin when a page's time is over.
  @ParameterizedTest
  @CsvSource({"400, X-Odd", "431, X-Odd", "429, X-Odd", "403, X-Odd", "401, Authorization"})
  void anErrorThatOneClientProvokedKeepsNobodyFromSharing(int status, String field)
      throws Exception {
    Queue<HttpServerRequest> held = new ConcurrentLinkedQueue<>();
    proxy.origin.on(
        "/p",
        request -> {
          if (request.headers().contains(field)) {
            request
                .response()
                .setStatusCode(status)
                .putHeader("Cache-Control", "no-store")
                .end("refused");
          } else if (proxy.origin.asked("/p").size() == 1) {
            request.response().putHeader("Cache-Control", "max-age=10").end("page");
          } else {
            held.add(request);
          }
        });
    proxy.getStored("/p");
    HttpResponse<String> provoked = proxy.get("/p", field, "x", "Cache-Control", "no-cache");
    assertThat(provoked.statusCode()).isEqualTo(status);
    proxy.time.advance(ProxyUnderTest.seconds(11));
    var answers = clients("/p", 20);
    awaitCollapsed(19, held);
    held.remove().response().putHeader("Cache-Control", "max-age=10").end("page");
    for (var answer : answers) {
      assertThat(answer.get(20, TimeUnit.SECONDS).body()).isEqualTo("page");
    }
    assertThat(held).isEmpty();
  }

  /// Nor does a page that is refused to everybody make a queue.
  @ParameterizedTest
  @ValueSource(ints = {401, 403, 404})
  void nobodyWaitsForARefusalThatIsEverybodys(int status) throws Exception {
    Queue<HttpServerRequest> held = new ConcurrentLinkedQueue<>();
    proxy.origin.on("/p", request -> request.response().setStatusCode(status).end("log in"));
    assertThat(proxy.get("/p").statusCode()).isEqualTo(status);
    proxy.origin.on("/p", held::add);
    var answers = clients("/p", 10);
    Awaitility.await().until(() -> held.size() == 10);
    held.forEach(request -> request.response().setStatusCode(status).end("log in"));
    for (var answer : answers) {
      assertThat(answer.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(status);
    }
    assertThat(proxy.proxy.figures().collapsed()).isZero();
  }

  /// The refresh that a HEAD causes is a GET: it brings the page, and others may wait for it.
  @Test
  void whatHeadCausesToBeRefreshedIsForThoseWhoGetIt() throws Exception {
    Queue<HttpServerRequest> held = new ConcurrentLinkedQueue<>();
    proxy.origin.page("/p", "old", "Cache-Control", "max-age=10, stale-while-revalidate=60");
    proxy.getStored("/p");
    proxy.time.advance(ProxyUnderTest.seconds(11));
    proxy.origin.on("/p", held::add);
    assertThat(proxy.send("HEAD", "/p", "").statusCode()).isEqualTo(200);
    Awaitility.await().until(() -> held.size() == 1);
    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      answers.add(proxy.getAsync("/p", "Cache-Control", "max-age=5"));
    }
    awaitCollapsed(5, held);
    HttpServerRequest refresh = held.remove();
    assertThat(refresh.method().name()).isEqualTo("GET");
    refresh.response().putHeader("Cache-Control", "max-age=10").end("new");
    Awaitility.await().until(() -> answers.stream().allMatch(CompletableFuture::isDone));
    for (var answer : answers) {
      assertThat(answer.get().body()).isEqualTo("new");
    }
    assertThat(cacheStatus(proxy.get("/p"))).contains("hit");
  }
}
