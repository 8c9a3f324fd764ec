package io.forebay.proxy;

import static io.forebay.proxy.ProxyUnderTest.cacheStatus;
import static io.forebay.proxy.ProxyUnderTest.seconds;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.cache.Invalidation;
import io.forebay.cache.Scope;
import io.forebay.http.HttpFields;
import io.forebay.http.RequestHead;
import io.forebay.http.caching.CachePolicy;
import io.forebay.proxy.origin.Origin;
import io.forebay.proxy.origin.OriginError;
import io.forebay.proxy.origin.OriginFigures;
import io.forebay.proxy.origin.OriginTimeouts;
import io.forebay.proxy.origin.PoolSettings;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Requests that are passed through on an event loop, when not everything goes well. That they are
/// answered like all others is [PassedAndGeneralPathTest]'s.
class PassThroughTest {

  private static final String UNCACHEABLE = "HTTP/1.1 200 OK\r\nCache-Control: no-store\r\n";
  private static final String GOOD = UNCACHEABLE + "Content-Length: 4\r\n\r\ngood";
  private static final OriginTimeouts SHORT =
      new OriginTimeouts(seconds(5), seconds(1), seconds(1));

  private static ProxyUnderTest before(RawOrigin origin) throws Exception {
    return before(origin, new OriginTimeouts(seconds(5), seconds(20), seconds(20)));
  }

  private static ProxyUnderTest before(RawOrigin origin, OriginTimeouts timeouts) throws Exception {
    return new ProxyUnderTest(CachePolicy.defaults(), timeouts, origin.address());
  }

  /// Asks for a page whose responses prove unshareable.
  private static void mark(ProxyUnderTest proxy, String path) throws Exception {
    int before = proxy.records.size();
    assertThat(proxy.get(path).body()).isEqualTo("good");
    proxy.records(before + 1);
  }

  private static OriginFigures origin(ProxyUnderTest proxy) {
    return proxy.proxy.poolFigures().getFirst().origins().getFirst();
  }

  private static void awaitQuiet(ProxyUnderTest proxy) {
    Awaitility.await()
        .untilAsserted(() -> {
          assertThat(proxy.proxy.figures().exchangesUnderWay()).isZero();
          assertThat(origin(proxy).underWay()).isZero();
        });
  }

  private static String get(String path) {
    return "GET " + path + " HTTP/1.1\r\nHost: a.example\r\n\r\n";
  }

  @Test
  void whatProvedUnshareableNeedsNoThread() throws Exception {
    try (RawOrigin origin = new RawOrigin((_, _) -> GOOD);
        ProxyUnderTest proxy = before(origin)) {
      mark(proxy, "/p");
      assertThat(proxy.answeredFast).hasValue(0);
      for (int i = 1; i <= 3; i++) {
        HttpResponse<String> answer = proxy.get("/p");
        assertThat(answer.body()).isEqualTo("good");
        assertThat(cacheStatus(answer)).isEqualTo("forebay; fwd=uri-miss; fwd-status=200");
        proxy.records(i + 1);
        assertThat(proxy.answeredFast).hasValue(i);
      }
      assertThat(origin.asked()).hasSize(4);
      awaitQuiet(proxy);
      assertThat(origin(proxy).connections()).isEqualTo(2);
    }
  }

  @Test
  void aRequestWithTooManyFieldsIsRefusedAsAlways() throws Exception {
    try (RawOrigin origin = new RawOrigin((_, _) -> GOOD);
        ProxyUnderTest proxy = before(origin);
        RawClient client = new RawClient(proxy.port)) {
      client.send(get("/p"));
      client.readUntil("good");
      proxy.records(1);
      client.send(get("/p").replace("\r\n\r\n", "\r\n" + "X: y\r\n".repeat(100) + "\r\n"));
      assertThat(client.readToEnd()).startsWith("HTTP/1.1 431");
      assertThat(origin.asked()).hasSize(1);
    }
  }

  @Test
  void answersLeaveInTheOrderOfTheirRequests() throws Exception {
    try (RawOrigin origin =
            new RawOrigin((head, _) -> {
              String body = head.split(" ", 3)[1];
              String caching = body.startsWith("/hit") ? "max-age=60" : "no-store";
              return "HTTP/1.1 200 OK\r\nCache-Control: "
                  + caching
                  + "\r\nContent-Length: 6\r\n\r\n"
                  + (body + "......").substring(0, 6);
            });
        ProxyUnderTest proxy = before(origin);
        RawClient client = new RawClient(proxy.port)) {
      client.send(get("/no") + get("/hit"));
      client.readUntil("/hit..");
      awaitQuiet(proxy);
      StringBuilder requests = new StringBuilder();
      for (int i = 0; i < 50; i++) {
        requests.append(get("/no")).append(get("/hit")).append(get("/other" + i));
      }
      client.send(requests + "GET /end HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n");
      String answers = client.readToEnd();
      List<String> bodies = new ArrayList<>();
      for (int at = answers.indexOf("\r\n\r\n");
          at >= 0;
          at = answers.indexOf("\r\n\r\n", at + 1)) {
        bodies.add(answers.substring(at + 4, at + 10));
      }
      assertThat(bodies).hasSize(151).endsWith("/end..");
      for (int i = 0; i < 150; i += 3) {
        assertThat(bodies.subList(i, i + 3)).containsExactly("/no...", "/hit..", "/other");
      }
      assertThat(proxy.answeredFast).hasValueGreaterThan(90);
    }
  }

  @Test
  void anAnswerThatMayBeStoredAfterAllIsStored() throws Exception {
    AtomicReference<String> answer = new AtomicReference<>(GOOD);
    try (RawOrigin origin = new RawOrigin((_, _) -> answer.get());
        ProxyUnderTest proxy = before(origin)) {
      mark(proxy, "/p");
      answer.set("HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 3\r\n\r\nnew");
      assertThat(cacheStatus(proxy.getStored("/p")))
          .isEqualTo("forebay; fwd=uri-miss; fwd-status=200; stored");
      assertThat(cacheStatus(proxy.get("/p"))).startsWith("forebay; hit");
      assertThat(origin.asked()).hasSize(2);
      awaitQuiet(proxy);
    }
  }

  @Test
  void trailersAreThoseOfTheirOwnAnswer() throws Exception {
    // More chunks than are kept for a reader: the connection is free before all are read.
    String chunks = "400\r\n" + "c".repeat(1_024) + "\r\n";
    AtomicReference<String> answer = new AtomicReference<>(GOOD);
    try (RawOrigin origin = new RawOrigin((_, _) -> answer.get());
        ProxyUnderTest proxy = before(origin)) {
      for (int i = 0; i < 20; i++) {
        String path = "/p" + i;
        answer.set(GOOD);
        mark(proxy, path);
        mark(proxy, "/other" + i);
        answer.set(
            "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nTrailer: X-Mine\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n"
                + chunks.repeat(40)
                + "0\r\nX-Mine: "
                + i
                + "\r\n\r\n");
        CompletableFuture<HttpResponse<String>> stored = proxy.getAsync(path);
        proxy.get("/other" + i);
        assertThat(stored.get(20, TimeUnit.SECONDS).body()).hasSize(40 * 1_024);
        awaitQuiet(proxy);
        try (RawClient client = new RawClient(proxy.port)) {
          client.send(
              "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nTE: trailers\r\nConnection: TE, close\r\n\r\n"
                  .formatted(path, proxy.port));
          assertThat(client.readToEnd())
              .contains("forebay; hit")
              .endsWith("X-Mine: " + i + "\r\n\r\n");
        }
      }
    }
  }

  @Test
  void whatWasInvalidatedWhileItWasFetchedIsNotStored() throws Exception {
    CountDownLatch invalidated = new CountDownLatch(1);
    AtomicReference<String> answer = new AtomicReference<>(GOOD);
    try (RawOrigin origin =
            new RawOrigin((_, nth) -> {
              if (!answer.get().equals(GOOD)) {
                await(invalidated);
              }
              return answer.get();
            });
        ProxyUnderTest proxy = before(origin)) {
      mark(proxy, "/p");
      answer.set("HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 3\r\n\r\nold");
      CompletableFuture<HttpResponse<String>> pending = proxy.getAsync("/p");
      Awaitility.await().until(() -> origin.asked().size() == 2);
      proxy.pages.invalidate(
          new Scope.Urls(Set.of("http://127.0.0.1:" + proxy.port + "/p")), Invalidation.Mode.HARD);
      long writes = proxy.pages.statistics().writes();
      invalidated.countDown();
      assertThat(pending.get(20, TimeUnit.SECONDS).body()).isEqualTo("old");
      RequestHead asked =
          new RequestHead(
              "GET",
              "http",
              "127.0.0.1:" + proxy.port,
              "/p",
              HttpFields.of("Host", "127.0.0.1:" + proxy.port));
      Awaitility.await()
          .untilAsserted(() ->
              assertThat(proxy.proxy.explain(asked).lastFetch().map(report -> report.fate().code()))
                  .contains("invalidated_since"));
      awaitQuiet(proxy);
      assertThat(proxy.pages.statistics().writes()).isEqualTo(writes);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aRequestThatMeetsAClosingConnectionIsSentOnAnother() throws Exception {
    try (RawOrigin origin = new RawOrigin((_, nth) -> nth % 2 == 0 ? GOOD : RawOrigin.CLOSE);
        ProxyUnderTest proxy = before(origin)) {
      mark(proxy, "/p");
      for (int i = 0; i < 20; i++) {
        assertThat(proxy.get("/p").body()).isEqualTo("good");
      }
      awaitQuiet(proxy);
      assertThat(origin(proxy).errors()).isEmpty();
    }
  }

  @Test
  void anOriginThatGoesAwayIs502AndComesBack() throws Exception {
    AtomicReference<String> answer = new AtomicReference<>(GOOD);
    try (RawOrigin origin = new RawOrigin((_, _) -> answer.get());
        ProxyUnderTest proxy = before(origin)) {
      mark(proxy, "/p");
      answer.set(RawOrigin.CLOSE);
      assertThat(proxy.get("/p").statusCode()).isEqualTo(502);
      answer.set(GOOD);
      assertThat(proxy.get("/p").statusCode()).isEqualTo(200);
      awaitQuiet(proxy);
      assertThat(proxy.records(3).get(1).error()).contains(OriginError.CONNECTION_TERMINATED);
    }
  }

  @Test
  void anOriginThatDoesNotAnswerIs504() throws Exception {
    AtomicReference<String> answer = new AtomicReference<>(GOOD);
    try (RawOrigin origin = new RawOrigin((_, _) -> answer.get());
        ProxyUnderTest proxy = before(origin, SHORT)) {
      mark(proxy, "/p");
      for (String beginning : List.of(RawOrigin.NOTHING_YET, "HTTP/1.1 200 OK\r\nCache-")) {
        answer.set(beginning);
        assertThat(proxy.get("/p").statusCode()).as(beginning).isEqualTo(504);
      }
      awaitQuiet(proxy);
      assertThat(origin(proxy).errors()).containsEntry(OriginError.HTTP_RESPONSE_TIMEOUT, 2L);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        UNCACHEABLE + "Content-Length: 10\r\n\r\nhalf",
        UNCACHEABLE + "Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
      })
  void aBodyThatStopsIsCutOff(String beginning) throws Exception {
    AtomicReference<String> answer = new AtomicReference<>(GOOD);
    try (RawOrigin origin = new RawOrigin((_, _) -> answer.get());
        ProxyUnderTest proxy = before(origin, SHORT);
        RawClient client = new RawClient(proxy.port)) {
      client.send(get("/p"));
      client.readUntil("good");
      proxy.records(1);
      answer.set(beginning);
      client.send(get("/p") + get("/p"));
      assertThat(client.readToEnd()).startsWith("HTTP/1.1 200 OK").contains("half");
      awaitQuiet(proxy);
      assertThat(proxy.records(2).get(1).cutOff()).isTrue();
      assertThat(proxy.records).hasSize(2);
      assertThat(origin(proxy).brokenBodies()).isEqualTo(1);
    }
  }

  @Test
  void garbageIsWhatItIsForAllOthers() throws Exception {
    AtomicReference<String> answer = new AtomicReference<>(GOOD);
    try (RawOrigin origin = new RawOrigin((_, _) -> answer.get());
        ProxyUnderTest proxy = before(origin)) {
      mark(proxy, "/p");
      for (String garbage :
          List.of(
              "hello\r\n\r\n",
              "HTTP/1.1 200 OK\r\nno colon\r\nContent-Length: 4\r\n\r\ngood",
              "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\ngood",
              "HTTP/1.1 999 What\r\nContent-Length: 4\r\n\r\ngood",
              "HTTP/1.1 200 OK\r\nX: " + "x".repeat(100_000) + "\r\n\r\n")) {
        answer.set(garbage);
        int ofOthers = proxy.get("/others" + garbage.length()).statusCode();
        assertThat(proxy.get("/p").statusCode()).as(garbage).isEqualTo(ofOthers);
        answer.set(GOOD);
        assertThat(proxy.get("/p").body()).isEqualTo("good");
      }
      awaitQuiet(proxy);
    }
  }

  @Test
  void bytesBehindAnAnswerAreNobodysAnswer() throws Exception {
    String another = UNCACHEABLE + "Content-Length: 4\r\n\r\nevil";
    for (String answer : List.of(GOOD + another, GOOD + "evil", GOOD + "\r\n")) {
      try (RawOrigin origin = new RawOrigin((_, _) -> answer);
          ProxyUnderTest proxy = before(origin)) {
        for (int i = 0; i < 5; i++) {
          assertThat(proxy.get("/p").body()).isEqualTo("good");
        }
        assertThat(origin.asked()).hasSize(5);
        awaitQuiet(proxy);
      }
    }
  }

  /// An answer in chunks whose last line comes in two pieces, and behind it the beginning of
  /// another.
  @ParameterizedTest
  @ValueSource(strings = {"/p", "/unmarked"})
  void norAreThoseBehindALineInTwoPieces(String path) throws Exception {
    String whole = UNCACHEABLE + "Transfer-Encoding: chunked\r\n\r\n4\r\ngood\r\n0\r\n\r\n";
    String evil = "HTTP/1.1 200 OK\r\nCache-Control: max-age=9999\r\nX: ";
    try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        ProxyUnderTest proxy =
            new ProxyUnderTest(
                CachePolicy.defaults(),
                SHORT,
                new Origin("127.0.0.1", server.getLocalPort(), false))) {
      RawOrigin.serveEach(server, socket -> inTwoPieces(socket, whole, evil));
      for (int i = 0; i < 6; i++) {
        HttpResponse<String> answer = proxy.get(path.equals("/p") ? path : path + i);
        assertThat(answer.body()).isEqualTo("good");
        assertThat(answer.headers().map()).doesNotContainKey("x");
      }
      awaitQuiet(proxy);
    }
  }

  private static void inTwoPieces(Socket socket, String whole, String evil) {
    try (socket) {
      socket.setTcpNoDelay(true);
      byte[] request = new byte[16 * 1024];
      while (socket.getInputStream().read(request) > 0) {
        int cut = whole.length() - 3;
        socket.getOutputStream().write(whole.substring(0, cut).getBytes(ISO_8859_1));
        Thread.sleep(50);
        socket.getOutputStream().write((whole.substring(cut) + evil).getBytes(ISO_8859_1));
      }
    } catch (IOException gone) {
      // As it should.
      return;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aClientThatGoesAwayLeavesNothing() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    AtomicReference<String> answer = new AtomicReference<>(GOOD);
    try (RawOrigin origin =
            new RawOrigin((_, _) -> {
              if (answer.get().isEmpty()) {
                await(never);
              }
              return answer.get();
            });
        ProxyUnderTest proxy = before(origin)) {
      mark(proxy, "/p");
      for (String sent : List.of("", UNCACHEABLE + "Content-Length: 10\r\n\r\nhalf")) {
        answer.set(sent);
        int asked = origin.asked().size();
        int told = proxy.records.size();
        try (RawClient client = new RawClient(proxy.port)) {
          client.send("GET /p HTTP/1.1\r\nHost: 127.0.0.1:" + proxy.port + "\r\n\r\n");
          Awaitility.await().until(() -> origin.asked().size() > asked);
          if (!sent.isEmpty()) {
            client.readUntil("half");
          }
        }
        awaitQuiet(proxy);
        assertThat(proxy.records(told + 1).getLast().cutOff()).isTrue();
      }
      never.countDown();
      assertThat(proxy.answeredFast).hasValue(2);
    }
  }

  @Test
  void anotherOriginIsAskedForA503() throws Exception {
    AtomicReference<String> answer = new AtomicReference<>(GOOD);
    try (RawOrigin one = new RawOrigin((_, _) -> answer.get());
        RawOrigin other = new RawOrigin((_, _) -> GOOD);
        ProxyUnderTest proxy =
            new ProxyUnderTest(
                _ -> PoolSettings.of("all", List.of(one.address(), other.address())),
                CachePolicy.defaults(),
                SHORT)) {
      mark(proxy, "/p");
      answer.set("HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy");
      for (int i = 0; i < 10; i++) {
        assertThat(proxy.get("/p").body()).isEqualTo("good");
      }
      awaitQuiet(proxy);
    }
  }

  @Test
  void whoFindsNoRoomAtTheOriginWaitsForIt() throws Exception {
    AtomicInteger underWay = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    try (RawOrigin origin =
            new RawOrigin((_, _) -> {
              most.accumulateAndGet(underWay.incrementAndGet(), Math::max);
              try {
                Thread.sleep(20);
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
              underWay.decrementAndGet();
              return GOOD;
            });
        ProxyUnderTest proxy =
            new ProxyUnderTest(
                _ ->
                    PoolSettings.of("all", List.of(origin.address()))
                        .with(new PoolSettings.Limits(2, 2, 100, seconds(20))),
                CachePolicy.defaults(),
                SHORT)) {
      mark(proxy, "/p");
      List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
      for (int i = 0; i < 30; i++) {
        answers.add(proxy.getAsync("/p"));
      }
      for (CompletableFuture<HttpResponse<String>> answer : answers) {
        assertThat(answer.get(20, TimeUnit.SECONDS).body()).isEqualTo("good");
      }
      awaitQuiet(proxy);
      assertThat(most).hasValue(2);
    }
  }

  @Test
  void anOriginThatTakesNoConnectionAnyMoreIs502() throws Exception {
    ProxyUnderTest proxy;
    try (RawOrigin origin = new RawOrigin((_, _) -> GOOD)) {
      proxy = before(origin);
      mark(proxy, "/p");
    }
    try (proxy) {
      assertThat(proxy.get("/p").statusCode()).isEqualTo(502);
      awaitQuiet(proxy);
      assertThat(proxy.records(2).get(1).error()).contains(OriginError.CONNECTION_REFUSED);
    }
  }

  /// An origin that sends one byte after another for as long as they are taken.
  private static final class Endless implements AutoCloseable {
    final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    final AtomicLong sent = new AtomicLong();

    Endless() throws IOException {
      RawOrigin.serveEach(server, this::serve);
    }

    private void serve(Socket socket) {
      try (socket) {
        byte[] piece = new byte[64 * 1024];
        int read = socket.getInputStream().read(piece);
        assertThat(read).isPositive();
        OutputStream out = socket.getOutputStream();
        if (new String(piece, 0, read, ISO_8859_1).contains("/p")) {
          out.write((UNCACHEABLE + "Content-Length: 1000000000\r\n\r\n").getBytes(ISO_8859_1));
          while (true) {
            out.write(piece);
            sent.addAndGet(piece.length);
          }
        }
      } catch (IOException gone) {
        // As it should.
        return;
      }
    }

    @Override
    public void close() throws IOException {
      server.close();
    }
  }

  @Test
  void aClientThatDoesNotReadHoldsTheOriginUp() throws Exception {
    try (Endless origin = new Endless();
        ProxyUnderTest proxy =
            new ProxyUnderTest(
                CachePolicy.defaults(),
                SHORT,
                new Origin("127.0.0.1", origin.server.getLocalPort(), false))) {
      for (int i = 0; i < 2; i++) { // the first marks the page
        try (RawClient client = new RawClient(proxy.port)) {
          client.send(get("/p"));
          client.readUntil("\r\n\r\n");
          AtomicLong before = new AtomicLong(-1);
          Awaitility.await()
              .pollInterval(Duration.ofMillis(300))
              .until(() -> before.getAndSet(origin.sent.get()) == origin.sent.get());
          assertThat(origin.sent.get()).isLessThan(40_000_000);
          Thread.sleep(1_500); // longer than the origin may be silent: it is not to blame
          assertThat(proxy.proxy.figures().exchangesUnderWay()).isEqualTo(1);
          long held = origin.sent.get();
          client.readUntil("\0".repeat(10_000));
          for (int n = 0; n < 1_000; n++) {
            client.readUntil("\0");
          }
          Awaitility.await().until(() -> origin.sent.get() > held);
        }
        awaitQuiet(proxy);
        origin.sent.set(0);
      }
      assertThat(proxy.answeredFast).hasValue(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {GOOD, RawOrigin.CLOSE})
  void aStopWaitsForWhatIsPassed(String last) throws Exception {
    CountDownLatch stopping = new CountDownLatch(1);
    AtomicReference<String> answer = new AtomicReference<>(GOOD);
    try (RawOrigin origin =
            new RawOrigin((head, _) -> {
              // Others ask until the proxy has stopped taking requests: those are answered at once.
              if (answer.get().isEmpty() && head.startsWith("GET /p ")) {
                await(stopping);
                return last;
              }
              return GOOD;
            });
        ProxyUnderTest proxy = before(origin)) {
      mark(proxy, "/p");
      answer.set("");
      CompletableFuture<HttpResponse<String>> pending = proxy.getAsync("/p");
      Awaitility.await().until(() -> origin.asked().size() == 2);
      Thread stop =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  assertThat(proxy.proxy.stop(seconds(20))).isZero();
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              });
      Awaitility.await().until(() -> refuses(proxy.port));
      stopping.countDown();
      assertThat(pending.get(20, TimeUnit.SECONDS).statusCode())
          .isEqualTo(last.equals(GOOD) ? 200 : 502);
      assertThat(stop.join(seconds(20))).isTrue();
    }
  }

  private static boolean refuses(int port) throws IOException {
    try (RawClient client = new RawClient(port)) {
      client.send("GET /new HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
      return client.readToEnd().startsWith("HTTP/1.1 503");
    }
  }
}
