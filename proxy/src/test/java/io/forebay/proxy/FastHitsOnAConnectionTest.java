package io.forebay.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.proxy.RawResponses.Raw;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What one connection gets when some of its requests are answered before the codec and some behind
/// it.
class FastHitsOnAConnectionTest {

  private static final int BIG = 100_000;

  private ProxyUnderTest proxy;
  private Socket socket;
  private RawResponses responses;

  @BeforeEach
  void start() throws Exception {
    proxy = new ProxyUnderTest();
    proxy.origin.page("/hit", "a hit", "Cache-Control", "max-age=60", "Date", "x");
    proxy.origin.page("/big", "b".repeat(BIG), "Cache-Control", "max-age=60");
    proxy.origin.page("/no", "never stored", "Cache-Control", "no-store");
    socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port);
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(20_000);
    responses = new RawResponses(new BufferedInputStream(socket.getInputStream()));
    store("/hit");
    store("/big");
  }

  @AfterEach
  void stop() throws IOException {
    socket.close();
    proxy.close();
  }

  private void store(String path) throws IOException {
    long before = proxy.pages.statistics().writes();
    send(get(path));
    next("GET");
    Awaitility.await()
        .until(() ->
            proxy.pages.statistics().writes() > before
                && proxy.proxy.figures().exchangesUnderWay() == 0);
  }

  private static String get(String path, String... lines) {
    String further = lines.length == 0 ? "" : String.join("\r\n", lines) + "\r\n";
    return "GET " + path + " HTTP/1.1\r\nHost: a.example\r\n" + further + "\r\n";
  }

  private void send(String bytes) throws IOException {
    socket.getOutputStream().write(bytes.getBytes(ISO_8859_1));
    socket.getOutputStream().flush();
  }

  private Raw next(String method) throws IOException {
    return responses.next(method).orElseThrow();
  }

  private void assertFastHits(int expected) {
    Awaitility.await().untilAsserted(() -> assertThat(proxy.answeredFast).hasValue(expected));
  }

  @Test
  void aHitIsAnsweredFastAfterTheFetchOnTheSameConnection() throws IOException {
    for (int i = 1; i <= 3; i++) {
      send(get("/hit"));
      assertThat(next("GET").body()).isEqualTo("a hit");
      assertFastHits(i);
    }
  }

  @Test
  void answersComeInTheOrderOfPipelinedRequests() throws IOException {
    List<String> expected = new ArrayList<>();
    StringBuilder requests = new StringBuilder();
    for (int i = 0; i < 40; i++) {
      boolean isHit = i % 3 != 1;
      requests.append(get(isHit ? "/hit" : "/no"));
      expected.add(isHit ? "a hit" : "never stored");
    }
    send(requests.toString());
    for (String body : expected) {
      assertThat(next("GET").body()).isEqualTo(body);
    }
  }

  @Test
  void aRequestInPiecesIsAnswered() throws IOException {
    String request = get("/hit", "User-Agent: x");
    for (int i = 0; i < request.length(); i++) {
      send(request.substring(i, i + 1));
    }
    assertThat(next("GET").body()).isEqualTo("a hit");
    send(get("/hit"));
    assertThat(next("GET").body()).isEqualTo("a hit");
  }

  @Test
  void aBodyOfKnownLengthIsTheOtherPathsAndWhatFollowsIsFastAgain() throws IOException {
    proxy.origin.on("/post", request -> request.bodyHandler(body -> request.response().end(body)));
    send(
        "POST /post HTTP/1.1\r\nHost: a.example\r\nContent-Length: 60\r\n\r\n"
            + get("/hit").substring(0, 30));
    send(get("/hit").substring(0, 30) + get("/hit"));
    assertThat(next("POST").body())
        .isEqualTo(get("/hit").substring(0, 30) + get("/hit").substring(0, 30));
    assertThat(next("GET").body()).isEqualTo("a hit");
    assertFastHits(1);
  }

  @Test
  void afterABodyInChunksTheConnectionIsTheOtherPaths() throws IOException {
    proxy.origin.on("/post", request -> request.bodyHandler(body -> request.response().end(body)));
    send(
        "POST /post HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "4\r\nGET \r\n0\r\n\r\n"
            + get("/hit"));
    assertThat(next("POST").body()).isEqualTo("GET ");
    assertThat(next("GET").body()).isEqualTo("a hit");
    send(get("/hit"));
    assertThat(next("GET").body()).isEqualTo("a hit");
    assertThat(proxy.answeredFast).hasValue(0);
  }

  @Test
  void nothingIsAnsweredAfterTheLastResponse() throws IOException {
    send(get("/hit", "Connection: close") + get("/hit"));
    assertThat(next("GET").isLast()).isTrue();
    Awaitility.await().until(() -> proxy.proxy.figures().exchangesUnderWay() == 0);
    assertThat(proxy.answeredFast).hasValue(0);
  }

  @Test
  void aClientThatDoesNotReadHoldsOneExchangeAndHindersNobody() throws Exception {
    int count = 300;
    send(get("/big").repeat(count));
    Awaitility.await().until(() -> proxy.proxy.figures().exchangesUnderWay() == 1);
    assertThat(proxy.get("/hit").body()).isEqualTo("a hit");
    Awaitility.await().until(() -> proxy.proxy.figures().exchangesUnderWay() == 1);
    int written = proxy.answeredFast.get();
    assertThat(written).isLessThan(count);
    for (int i = 0; i < count; i++) {
      assertThat(next("GET").body()).hasSize(BIG);
    }
    Awaitility.await().until(() -> proxy.proxy.figures().exchangesUnderWay() == 0);
  }

  @Test
  void aClientThatGoesWithoutReadingLeavesNothingBehind() throws Exception {
    send(get("/big").repeat(300));
    Awaitility.await().until(() -> proxy.proxy.figures().exchangesUnderWay() == 1);
    socket.close();
    Awaitility.await().until(() -> proxy.proxy.figures().exchangesUnderWay() == 0);
    assertThat(proxy.get("/hit").body()).isEqualTo("a hit");
  }
}
