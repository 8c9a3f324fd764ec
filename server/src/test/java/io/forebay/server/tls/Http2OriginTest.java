package io.forebay.server.tls;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.server.TestingServer;
import io.forebay.server.settings.HostAndPort;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// An origin over HTTP/2, and what it may do to requests that share its connections.
class Http2OriginTest {

  private final Vertx vertx = Vertx.vertx();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<String, Handler<HttpServerRequest>> pages = new ConcurrentHashMap<>();
  private final Queue<HttpServerRequest> asked = new ConcurrentLinkedQueue<>();
  private final AtomicInteger connections = new AtomicInteger();
  private int port;

  @BeforeEach
  void start() throws Exception {
    port = origin(new HttpServerOptions());
  }

  @AfterEach
  void stop() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get();
    threads.close();
  }

  /// What is not among the pages gets its path, and the version that it came in.
  private int origin(HttpServerOptions options) throws Exception {
    return vertx
        .createHttpServer(options.setHost("127.0.0.1").setPort(0))
        .connectionHandler(_ -> connections.incrementAndGet())
        .requestHandler(request -> {
          asked.add(request);
          pages.getOrDefault(request.path(), Http2OriginTest::plain).handle(request);
        })
        .listen()
        .toCompletionStage()
        .toCompletableFuture()
        .get()
        .actualPort();
  }

  private static void plain(HttpServerRequest request) {
    var _ = uncacheable(request).end(request.version() + " " + request.path());
  }

  private static HttpServerResponse uncacheable(HttpServerRequest request) {
    return request.response().putHeader("Cache-Control", "no-store");
  }

  private String yaml(String... lines) {
    String address = "http://127.0.0.1:" + port;
    return "proxy:\n"
        + ("  origin: " + address + "\n")
        + ("  origin_connections: [{origin: \"" + address + "\", protocol: http2}]\n")
        + String.join("", List.of(lines).stream().map(line -> "  " + line + "\n").toList());
  }

  private Future<HttpResponse<String>> getLater(TestingServer server, String path) {
    return threads.submit(() -> server.getPage(path));
  }

  /// Until the connection is closed.
  private static String answerTo(TestingServer server, String request) throws IOException {
    HostAndPort proxy = server.running().proxyAddress().orElseThrow();
    try (Socket socket = new Socket(proxy.host(), proxy.port())) {
      socket.setSoTimeout(60_000);
      socket.getOutputStream().write(request.getBytes(ISO_8859_1));
      StringBuilder answer = new StringBuilder();
      InputStream in = socket.getInputStream();
      for (int b = in.read(); b >= 0; b = in.read()) {
        answer.append((char) b);
      }
      return answer.toString();
    }
  }

  @Test
  void anUpgradeIsAnOrdinaryRequestAndNoOtherIsCutOffByItsEnd() throws Exception {
    Queue<HttpServerRequest> slow = new ConcurrentLinkedQueue<>();
    pages.put(
        "/slow",
        request -> {
          var _ = uncacheable(request).setChunked(true).write("begun ");
          slow.add(request);
        });
    // Like an origin that reads a request to its end before it answers.
    pages.put("/up", request -> request.endHandler(_ -> plain(request)));
    try (TestingServer server = TestingServer.start(yaml())) {
      Future<HttpResponse<String>> other = getLater(server, "/slow");
      Awaitility.await().until(() -> slow.size() == 1);
      for (String path : List.of("/quick", "/up")) {
        assertThat(
                answerTo(
                    server,
                    "GET "
                        + path
                        + " HTTP/1.1\r\nHost: a\r\nConnection: upgrade, close\r\n"
                        + "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n"))
            .startsWith("HTTP/1.1 200 ")
            .contains("HTTP_2 " + path);
      }
      // On the same connection, which carries on.
      assertThat(server.getPage("/next").body()).isEqualTo("HTTP_2 /next");
      var _ = slow.remove().response().end("and ended");
      assertThat(other.get().body()).isEqualTo("begun and ended");
    }
    assertThat(connections).hasValue(1);
    assertThat(asked)
        .allMatch(request -> request.version() == HttpVersion.HTTP_2)
        .noneMatch(request -> request.headers().contains("upgrade"))
        .noneMatch(request -> request.headers().contains("connection"));
  }

  /// That many requests at the origin at once, which answers none before all are there.
  private void askAtOnce(TestingServer server, int requests) throws Exception {
    pages.put(
        "/together",
        request -> {
          if (asked.size() == requests) {
            asked.forEach(Http2OriginTest::plain);
          }
        });
    List<Future<HttpResponse<String>>> answers = new ArrayList<>();
    for (int i = 0; i < requests; i++) {
      answers.add(threads.submit(() -> server.sendToProxy("POST", "/together")));
    }
    for (var answer : answers) {
      assertThat(answer.get().body()).isEqualTo("HTTP_2 /together");
    }
    assertThat(server.get("/v1/origins").body()).contains("\"state\":\"up\"", "\"failures\":{}");
  }

  @Test
  void anOriginThatAllowsFewStreamsGetsMoreConnections() throws Exception {
    port =
        origin(
            new HttpServerOptions()
                .setInitialSettings(new Http2Settings().setMaxConcurrentStreams(2)));
    try (TestingServer server = TestingServer.start(yaml("connect_timeout: 20s"))) {
      askAtOnce(server, 60);
    }
    assertThat(connections.get()).as("connections").isBetween(30, 40);
  }

  @Test
  void manyRequestsAtOnceDoNotEachMakeAConnection() throws Exception {
    try (TestingServer server = TestingServer.start(yaml("max_requests_per_origin: 60"))) {
      askAtOnce(server, 60);
    }
    assertThat(connections.get()).as("connections").isBetween(1, 8);
  }

  private static HttpServerOptions takingHeadsOf2000Bytes() {
    return new HttpServerOptions()
        .setInitialSettings(new Http2Settings().setMaxHeaderListSize(2_000));
  }

  private static String large(TestingServer server, String method, String path, String content) {
    HostAndPort proxy = server.running().proxyAddress().orElseThrow();
    return (method + " " + path + " HTTP/1.1\r\nHost: " + proxy + "\r\nConnection: close\r\n")
        + ("Cookie: " + "a".repeat(4_000) + "\r\n")
        + ("Content-Length: " + content.length() + "\r\n\r\n" + content);
  }

  /// It is the client's fault: the origin stays up for others, and so does the connection.
  @ParameterizedTest
  @CsvSource({"GET, ''", "POST, abc"})
  void aHeaderSectionLargerThanTheOriginTakesIsRefused(String method, String content)
      throws Exception {
    port = origin(takingHeadsOf2000Bytes());
    try (TestingServer server = TestingServer.start(yaml())) {
      for (int i = 0; i < 20; i++) {
        assertThat(answerTo(server, large(server, method, "/large", content)))
            .startsWith("HTTP/1.1 431 ")
            .contains("Proxy-Status: forebay; error=http_request_error")
            .contains("larger than the origin says it takes");
      }
      assertThat(server.get("/v1/origins").body())
          .contains("\"state\":\"up\"", "\"failures\":{\"http_request_error\":20}");
      assertThat(server.getPage("/next").body()).isEqualTo("HTTP_2 /next");
    }
    assertThat(connections).hasValue(1);
    assertThat(asked).hasSize(1);
  }

  @Test
  void whoWaitedForOneWithTooLargeAHeaderSectionAsksForHimself() throws Exception {
    port = origin(takingHeadsOf2000Bytes());
    Queue<HttpServerResponse> slow = slowPage();
    try (TestingServer server = TestingServer.start(yaml("max_requests_per_origin: 1"))) {
      Future<HttpResponse<String>> other = getLater(server, "/slow");
      Awaitility.await().until(() -> slow.size() == 1);
      Future<String> leader =
          threads.submit(() -> answerTo(server, large(server, "GET", "/page", "")));
      Awaitility.await().until(() -> server.get("/v1/origins").body().contains("\"waiting\":1"));
      Future<HttpResponse<String>> follower = getLater(server, "/page");
      Awaitility.await()
          .until(() -> server.get("/metrics").body().contains("forebay_proxy_exchanges 3"));
      var _ = slow.remove().end("and ended");
      assertThat(leader.get()).startsWith("HTTP/1.1 431 ");
      assertThat(follower.get().body()).isEqualTo("HTTP_2 /page");
      assertThat(other.get().body()).isEqualTo("begun and ended");
    }
  }

  /// A page that begins and waits to be ended.
  private Queue<HttpServerResponse> slowPage() {
    Queue<HttpServerResponse> slow = new ConcurrentLinkedQueue<>();
    pages.put(
        "/slow",
        request -> {
          HttpServerResponse response = uncacheable(request).setChunked(true);
          var _ = response.write("begun ");
          slow.add(response);
        });
    return slow;
  }

  @Test
  void aRequestThatTheOriginNeverAnswersTimesOutAlone() throws Exception {
    Queue<HttpServerResponse> slow = slowPage();
    pages.put("/hangs", _ -> {});
    try (TestingServer server = TestingServer.start(yaml("first_byte_timeout: 1s"))) {
      Future<HttpResponse<String>> other = getLater(server, "/slow");
      Awaitility.await().until(() -> slow.size() == 1);
      HttpResponse<String> answer = server.getPage("/hangs");
      assertThat(answer.statusCode()).isEqualTo(504);
      assertThat(answer.headers().firstValue("Proxy-Status").orElse(""))
          .contains("http_response_timeout");
      var _ = slow.remove().end("and ended");
      assertThat(other.get().body()).isEqualTo("begun and ended");
    }
    assertThat(connections).hasValue(1);
  }

  /// It may be dead, or its frames out of step; it was used for ever.
  @Test
  void aConnectionOnWhichNoAnswerCameGetsNoMoreRequestsAndThoseOnItGoOn() throws Exception {
    Queue<HttpServerResponse> slow = slowPage();
    pages.put("/hangs", _ -> {});
    try (TestingServer server =
        TestingServer.start(yaml("first_byte_timeout: 1s", "idle_timeout: 3s"))) {
      Future<HttpResponse<String>> other = getLater(server, "/slow");
      Awaitility.await().until(() -> slow.size() == 1);
      HttpServerResponse response = slow.remove();
      assertThat(server.getPage("/hangs").statusCode()).isEqualTo(504);
      assertThat(server.getPage("/next").body()).isEqualTo("HTTP_2 /next");
      assertThat(connections).hasValue(2);
      // For longer than any timeout.
      for (int i = 0; i < 8; i++) {
        var _ = response.write(".");
        Thread.sleep(500);
      }
      var _ = response.end("and ended");
      assertThat(other.get().body()).isEqualTo("begun ........and ended");
    }
  }

  @Test
  void oneOnWhichOtherAnswersComeGoesOn() throws Exception {
    pages.put("/hangs", _ -> {});
    try (TestingServer server = TestingServer.start(yaml("first_byte_timeout: 1s"))) {
      assertThat(server.getPage("/first").body()).isEqualTo("HTTP_2 /first");
      Future<HttpResponse<String>> late = getLater(server, "/hangs");
      while (!late.isDone()) {
        assertThat(server.getPage("/next").body()).isEqualTo("HTTP_2 /next");
        Thread.sleep(10);
      }
      assertThat(late.get().statusCode()).isEqualTo(504);
      assertThat(server.getPage("/next").body()).isEqualTo("HTTP_2 /next");
    }
    assertThat(connections).hasValue(1);
  }

  @Test
  void oneThatTakesNoMoreOfAnUploadGetsNoMoreRequests() throws Exception {
    pages.put("/stuck", HttpServerRequest::pause);
    try (TestingServer server = TestingServer.start(yaml("idle_timeout: 1s"))) {
      assertThat(
              answerTo(
                  server,
                  "POST /stuck HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                      + "Content-Length: 1000000\r\n\r\n"
                      + "x".repeat(1_000_000)))
          .startsWith("HTTP/1.1 504 ")
          .contains("error=connection_write_timeout");
      assertThat(server.getPage("/next").body()).isEqualTo("HTTP_2 /next");
    }
    assertThat(connections).hasValue(2);
  }

  @Test
  void oneOnWhichAClientGaveUpGetsNoMoreRequests() throws Exception {
    pages.put("/hangs", _ -> {});
    try (TestingServer server = TestingServer.start(yaml())) {
      assertThat(server.getPage("/first").body()).isEqualTo("HTTP_2 /first");
      HostAndPort proxy = server.running().proxyAddress().orElseThrow();
      try (Socket client = new Socket(proxy.host(), proxy.port())) {
        client
            .getOutputStream()
            .write("GET /hangs HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(ISO_8859_1));
        Awaitility.await().until(() -> asked.size() == 2);
        Thread.sleep(1_500);
      }
      Awaitility.await()
          .untilAsserted(() -> {
            assertThat(server.getPage("/next").body()).isEqualTo("HTTP_2 /next");
            assertThat(connections).hasValue(2);
          });
    }
  }

  @Test
  void aStreamThatTheOriginResetsFailsAlone() throws Exception {
    Queue<HttpServerResponse> slow = slowPage();
    pages.put("/reset", request -> request.response().reset(2));
    try (TestingServer server = TestingServer.start(yaml())) {
      Future<HttpResponse<String>> other = getLater(server, "/slow");
      Awaitility.await().until(() -> slow.size() == 1);
      // Not repeatable, so that it is asked once.
      assertThat(server.sendToProxy("POST", "/reset").statusCode()).isEqualTo(502);
      var _ = slow.remove().end("and ended");
      assertThat(other.get().body()).isEqualTo("begun and ended");
    }
    assertThat(connections).hasValue(1);
  }

  @Test
  void afterAGoawayWhatIsUnderWayEndsAndWhatIsNewGetsAnotherConnection() throws Exception {
    Queue<HttpServerResponse> slow = slowPage();
    try (TestingServer server = TestingServer.start(yaml())) {
      Future<HttpResponse<String>> other = getLater(server, "/slow");
      Awaitility.await().until(() -> slow.size() == 1);
      var _ = asked.element().connection().shutdown(20, TimeUnit.SECONDS);
      for (int i = 0; i < 5; i++) {
        assertThat(server.getPage("/next" + i).body()).isEqualTo("HTTP_2 /next" + i);
      }
      var _ = slow.remove().end("and ended");
      assertThat(other.get().body()).isEqualTo("begun and ended");
    }
    assertThat(connections).hasValue(2);
  }

  @Test
  void earlyHintsBeforeTheAnswerArePassedOn() throws Exception {
    pages.put(
        "/hints",
        request ->
            request
                .response()
                .writeEarlyHints(
                    MultiMap.caseInsensitiveMultiMap().add("Link", "</s.css>; rel=preload"))
                .onSuccess(_ -> plain(request)));
    try (TestingServer server = TestingServer.start(yaml())) {
      assertThat(answerTo(server, "GET /hints HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"))
          .startsWith("HTTP/1.1 103 ")
          .containsIgnoringCase("Link: </s.css>; rel=preload")
          .contains("HTTP/1.1 200 ")
          .endsWith("HTTP_2 /hints");
    }
  }
}
