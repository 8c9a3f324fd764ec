package io.forebay.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.http.caching.CachePolicy;
import io.forebay.proxy.origin.OriginTimeouts;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Clients that send nonsense, leave, or stop reading: they cost nobody else anything.
class HostileClientTest {

  private ProxyUnderTest proxy;

  @BeforeEach
  void start() throws Exception {
    proxy = new ProxyUnderTest();
  }

  @AfterEach
  void stop() throws Exception {
    proxy.close();
  }

  private String raw(String request) throws IOException {
    try (RawClient client = new RawClient(proxy.port)) {
      client.send(request.replace("\n", "\r\n"));
      return client.readToEnd();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /bar HTTP/1.1\nHost: v.test/foo\nConnection: close\n\n",
        "GET /frag#x HTTP/1.1\nHost: v.test\nConnection: close\n\n",
        "GET http://a\u0001b/p HTTP/1.1\nHost: a\nConnection: close\n\n",
        "GET /p HTTP/1.1\nConnection: close\n\n",
        "GET /p HTTP/1.1\nHost: a\nHost: b\nConnection: close\n\n",
        "GET ftp://a/p HTTP/1.1\nHost: a\nConnection: close\n\n",
        "GET /u\u00e9 HTTP/1.1\nHost: a\nConnection: close\n\n",
      })
  void whatCouldBeReadInTwoWaysIs400AndReachesNobody(String request) throws IOException {
    assertThat(raw(request)).startsWith("HTTP/1.1 400 ");
    assertThat(proxy.pages.statistics().writes()).isZero();
  }

  @Test
  void theAnswerToAGetWithContentIsNotStored() throws Exception {
    proxy.origin.on(
        "/p",
        request ->
            request
                .body()
                .onSuccess(body ->
                    request
                        .response()
                        .putHeader("Cache-Control", "max-age=60")
                        .end("made from " + body)));
    assertThat(
            raw(
                "GET /p HTTP/1.1\nHost: 127.0.0.1:"
                    + proxy.port
                    + "\nContent-Length: 4\nConnection: close\n\nevil"))
        .contains("made from evil");
    assertThat(proxy.get("/p").body()).isEqualTo("made from ");
  }

  @Test
  void aClientThatLeavesAnEndlessStreamEndsItsFetch() throws Exception {
    Queue<HttpServerRequest> held = new ConcurrentLinkedQueue<>();
    proxy.origin.on(
        "/stream",
        request -> {
          request.response().setChunked(true).putHeader("Cache-Control", "no-store").write("one");
          held.add(request);
        });
    try (RawClient client = new RawClient(proxy.port)) {
      client.send("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n");
      Awaitility.await().until(() -> !held.isEmpty());
      Awaitility.await().until(() -> proxy.proxy.figures().exchangesUnderWay() == 1);
    }
    // The client is gone although the origin sends nothing more.
    Awaitility.await().until(() -> proxy.proxy.figures().exchangesUnderWay() == 0);
  }

  @Test
  void anOriginsEarlyAnswerToAnUploadReachesTheClient() throws Exception {
    proxy.origin.on("/up", request -> request.response().setStatusCode(413).end("too much"));
    try (RawClient client = new RawClient(proxy.port)) {
      client.send("POST /up HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nonly a little");
      assertThat(client.readToEnd()).startsWith("HTTP/1.1 413 ").contains("too much");
    }
    Awaitility.await().until(() -> proxy.proxy.figures().exchangesUnderWay() == 0);
  }

  @Test
  void anHttp10ConnectionWithoutALengthIsClosedAtTheEnd() throws Exception {
    proxy.origin.on(
        "/p",
        request -> {
          request.response().setChunked(true).write("one ");
          request.response().end("two");
        });
    assertThat(raw("GET /p HTTP/1.0\nHost: x\nConnection: keep-alive\n\n")).endsWith("one two");
  }

  @Test
  void manyRequestsThatGiveUpWaitingForAConnectionCostNone() throws Exception {
    proxy.close();
    proxy =
        new ProxyUnderTest(
            CachePolicy.defaults(),
            new OriginTimeouts(
                Duration.ofMillis(200), ProxyUnderTest.seconds(20), ProxyUnderTest.seconds(20)),
            null);
    Queue<HttpServerRequest> held = new ConcurrentLinkedQueue<>();
    proxy.origin.on("/slow", held::add);
    proxy.origin.page("/quick", "quick", "Cache-Control", "no-store");
    var answers = new ArrayList<CompletableFuture<?>>();
    // There are 256 connections: the rest give up waiting for one.
    for (int i = 0; i < 400; i++) {
      answers.add(proxy.getAsync("/slow", "Cache-Control", "no-store", "Range", "bytes=0-" + i));
    }
    // However many connections a loaded machine opens in time: each request is at the origin or has
    // given up.
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> held.size() + answers.stream().filter(answer -> answer.isDone()).count() == 400);
    held.forEach(request -> request.response().end("x"));
    Awaitility.await().until(() -> proxy.proxy.figures().exchangesUnderWay() == 0);
    for (int i = 0; i < 300; i++) {
      assertThat(proxy.get("/quick").body()).isEqualTo("quick");
    }
  }
}
