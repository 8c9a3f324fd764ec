package io.forebay.proxy;

import static io.forebay.proxy.ProxyUnderTest.cacheStatus;
import static io.forebay.proxy.ProxyUnderTest.seconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.http.caching.CachePolicy;
import io.forebay.proxy.origin.Origin;
import io.forebay.proxy.origin.OriginTimeouts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Origins that are down, slow, or answer garbage.
class OriginFailureTest {

  private static final OriginTimeouts SHORT =
      new OriginTimeouts(seconds(2), Duration.ofMillis(300), Duration.ofMillis(300));

  private static int closedPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Test
  void anOriginThatIsDownIs502WithAReason() throws Exception {
    Origin down = new Origin("127.0.0.1", closedPort(), false);
    try (ProxyUnderTest proxy = new ProxyUnderTest(CachePolicy.defaults(), SHORT, down)) {
      HttpResponse<String> answer = proxy.get("/p");
      assertThat(answer.statusCode()).isEqualTo(502);
      assertThat(answer.headers().firstValue("Proxy-Status"))
          .hasValue("forebay; error=connection_refused");
      assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
      assertThat(answer.body()).contains("the origin refused the connection");
    }
  }

  private static String answerToAnUpload(ProxyUnderTest proxy) throws Exception {
    try (RawClient client = new RawClient(proxy.port)) {
      Thread sending =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  client.send("POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 20000000\r\n\r\n");
                  client.send("x".repeat(20_000_000));
                } catch (IOException answeredBefore) {
                  return;
                }
              });
      String answer = client.readToEnd();
      sending.join();
      return answer;
    }
  }

  @Test
  void anOriginThatClosesDuringAnUploadIs502() throws Exception {
    try (RawOrigin origin = new RawOrigin((_, _) -> RawOrigin.CLOSE);
        ProxyUnderTest proxy =
            new ProxyUnderTest(CachePolicy.defaults(), SHORT, origin.address())) {
      assertThat(answerToAnUpload(proxy)).startsWith("HTTP/1.1 502 ").contains("Proxy-Status: ");
    }
  }

  /// Its connection can carry nothing else.
  @Test
  void anOriginThatAnswersBeforeTheEndOfAnUploadIsLetGo() throws Exception {
    try (RawOrigin origin =
            new RawOrigin((_, _) -> "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfine");
        ProxyUnderTest proxy = new ProxyUnderTest(CachePolicy.defaults(), SHORT, origin.address());
        RawClient client = new RawClient(proxy.port)) {
      client.send("POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
      assertThat(client.readToEnd()).startsWith("HTTP/1.1 200 ").endsWith("fine");
      Awaitility.await()
          .until(
              () -> proxy.proxy.poolFigures().getFirst().origins().getFirst().connections() == 0);
    }
  }

  @Test
  void anOriginThatTakesNoMoreOfAnUploadIs504() throws Exception {
    try (ServerSocket notReading = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        ProxyUnderTest proxy =
            new ProxyUnderTest(
                CachePolicy.defaults(),
                SHORT,
                new Origin("127.0.0.1", notReading.getLocalPort(), false))) {
      assertThat(answerToAnUpload(proxy))
          .startsWith("HTTP/1.1 504 ")
          .contains("Proxy-Status: forebay; error=connection_write_timeout");
      Awaitility.await()
          .until(
              () -> proxy.proxy.poolFigures().getFirst().origins().getFirst().connections() == 0);
    }
  }

  /// A listener with no room for one more connection: Linux drops what knocks, as a firewall does.
  /// Over both ways to an origin: what is sent with `Authorization` leaves on the event loop.
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anOriginThatDoesNotAcceptIs504(boolean authorized) throws Exception {
    List<SocketChannel> knocking = new ArrayList<>();
    try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        ProxyUnderTest proxy =
            new ProxyUnderTest(
                CachePolicy.defaults(),
                new OriginTimeouts(Duration.ofMillis(500), seconds(20), seconds(20)),
                new Origin("127.0.0.1", full.getLocalPort(), false))) {
      for (int i = 0; i < 8; i++) {
        SocketChannel channel = SocketChannel.open();
        knocking.add(channel);
        channel.configureBlocking(false);
        channel.connect(full.getLocalSocketAddress());
      }
      HttpResponse<String> answer =
          authorized ? proxy.get("/p", "Authorization", "x") : proxy.get("/p");
      assertThat(answer.statusCode()).isEqualTo(504);
      assertThat(answer.headers().firstValue("Proxy-Status"))
          .hasValue("forebay; error=connection_timeout");
      Awaitility.await().until(() -> proxy.proxy.figures().exchangesUnderWay() == 0);
      assertThat(proxy.proxy.figures().fetchesUnderWay()).isZero();
    } finally {
      for (SocketChannel channel : knocking) {
        channel.close();
      }
    }
  }

  @Test
  void anOriginThatIsSlowIs504() throws Exception {
    try (ProxyUnderTest proxy = new ProxyUnderTest(CachePolicy.defaults(), SHORT, null)) {
      proxy.origin.on("/p", _ -> {});
      HttpResponse<String> answer = proxy.get("/p");
      assertThat(answer.statusCode()).isEqualTo(504);
      assertThat(answer.headers().firstValue("Proxy-Status"))
          .hasValue("forebay; error=http_response_timeout");
    }
  }

  /// An origin that sends these bytes to whoever connects, and closes.
  private static ServerSocket sending(String bytes) throws IOException {
    ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    serve(server, bytes);
    return server;
  }

  /// Sends these bytes to whoever connects, and closes.
  static void serve(ServerSocket server, String bytes) {
    Thread.ofVirtual()
        .start(() -> {
          while (!server.isClosed()) {
            try (Socket socket = server.accept()) {
              socket.getInputStream().read(new byte[8_192]);
              socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
            } catch (IOException e) {
              return;
            }
          }
        });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SSH-2.0-OpenSSH_9.2\\r\\n",
        "HTTP/1.1 abc Bad\\r\\n\\r\\n",
        "HTTP/1.1 200 OK\\r\\nContent-Length: x\\r\\n\\r\\n",
        "HTTP/1.1 600 Odd\\r\\nContent-Length: 0\\r\\n\\r\\n",
        "HTTP/1.1 999 Odder\\r\\nContent-Length: 0\\r\\n\\r\\n",
        "HTTP/1.1 099 Early\\r\\nContent-Length: 0\\r\\n\\r\\n",
        "HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: x\\r\\nConnection: Upgrade\\r\\n\\r\\n",
      })
  void anOriginThatAnswersGarbageIs502(String garbage) throws Exception {
    try (ServerSocket server = sending(garbage.replace("\\r", "\r").replace("\\n", "\n"));
        ProxyUnderTest proxy =
            new ProxyUnderTest(
                CachePolicy.defaults(),
                new OriginTimeouts(seconds(2), seconds(2), seconds(2)),
                new Origin("127.0.0.1", server.getLocalPort(), false))) {
      assertThat(proxy.get("/p").statusCode()).isEqualTo(502);
      assertThat(proxy.pages.statistics().entries()).isZero();
    }
  }

  /// An origin that sends the beginning, and then the piece again and again, a little at a time.
  private static ServerSocket trickling(ScheduledExecutorService pacer, String begin, String piece)
      throws IOException {
    ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual()
        .start(() -> {
          while (!server.isClosed()) {
            try {
              Socket socket = server.accept();
              socket.getInputStream().read(new byte[8_192]);
              socket.getOutputStream().write(begin.getBytes(StandardCharsets.ISO_8859_1));
              var _ =
                  pacer.scheduleAtFixedRate(
                      () -> {
                        try {
                          socket
                              .getOutputStream()
                              .write(piece.getBytes(StandardCharsets.ISO_8859_1));
                        } catch (IOException gone) {
                          throw new UncheckedIOException(gone);
                        }
                      },
                      0,
                      20,
                      TimeUnit.MILLISECONDS);
            } catch (IOException closed) {
              return;
            }
          }
        });
    return server;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'HTTP/1.1 200 O'|K",
        "'HTTP/1.1 200 OK\\r\\n'|'X-More: and more\\r\\n'",
        "'HTTP/1.1 200 OK\\r\\nX-Endless: '|x",
      })
  void aHeadThatNeverEndsIs504(String begin, String piece) throws Exception {
    try (ScheduledExecutorService pacer = Executors.newScheduledThreadPool(1);
        ServerSocket server = trickling(pacer, unescaped(begin), unescaped(piece));
        ProxyUnderTest proxy =
            new ProxyUnderTest(
                CachePolicy.defaults(),
                SHORT,
                new Origin("127.0.0.1", server.getLocalPort(), false))) {
      assertThat(proxy.get("/p").statusCode()).isEqualTo(504);
      pacer.shutdownNow();
    }
  }

  /// It moves, so it is no failure; and it takes no more than its one connection.
  @Test
  void aBodyThatComesByteByByteArrivesAndHoldsUpNobody() throws Exception {
    String begin = "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 20\r\n\r\n";
    try (ScheduledExecutorService pacer = Executors.newScheduledThreadPool(1);
        ServerSocket server = trickling(pacer, begin, "x");
        ProxyUnderTest proxy =
            new ProxyUnderTest(
                CachePolicy.defaults(),
                SHORT,
                new Origin("127.0.0.1", server.getLocalPort(), false))) {
      assertThat(proxy.get("/p").body()).isEqualTo("x".repeat(20));
      pacer.shutdownNow();
    }
  }

  private static String unescaped(String text) {
    return text.replace("\\r", "\r").replace("\\n", "\n");
  }

  @Test
  void aHeadThatIsTooLargeIs502() throws Exception {
    try (ServerSocket server =
            sending("HTTP/1.1 200 OK\r\nX-Large: " + "x".repeat(200_000) + "\r\n\r\n");
        ProxyUnderTest proxy =
            new ProxyUnderTest(
                CachePolicy.defaults(),
                new OriginTimeouts(seconds(2), seconds(2), seconds(2)),
                new Origin("127.0.0.1", server.getLocalPort(), false))) {
      assertThat(proxy.get("/p").statusCode()).isEqualTo(502);
    }
  }

  @Test
  void aBodyThatEndsEarlyIsNeverStoredAndNeverLooksWhole() throws Exception {
    try (ServerSocket server =
            sending(
                "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 100\r\n\r\nshort");
        ProxyUnderTest proxy =
            new ProxyUnderTest(
                CachePolicy.defaults(),
                new OriginTimeouts(seconds(2), seconds(2), seconds(2)),
                new Origin("127.0.0.1", server.getLocalPort(), false))) {
      assertThatThrownBy(() -> proxy.get("/p")).isInstanceOf(IOException.class);
      assertThatThrownBy(() -> proxy.get("/p")).isInstanceOf(IOException.class);
      assertThat(proxy.pages.statistics().writes()).isZero();
    }
  }

  @Test
  void aStalePageStandsInForAnOriginThatFails() throws Exception {
    try (ProxyUnderTest proxy = new ProxyUnderTest(CachePolicy.defaults(), SHORT, null)) {
      AtomicReference<String> mode = new AtomicReference<>("well");
      AtomicInteger asked = new AtomicInteger();
      proxy.origin.on(
          "/p",
          request -> {
            asked.incrementAndGet();
            switch (mode.get()) {
              case "well" ->
                  request
                      .response()
                      .putHeader("Cache-Control", "max-age=10, stale-if-error=60")
                      .end("good");
              case "error" -> request.response().setStatusCode(503).end("bad");
              default -> request.connection().close();
            }
          });
      proxy.getStored("/p");
      proxy.time.advance(seconds(20));
      for (String failure : new String[] {"error", "closed"}) {
        mode.set(failure);
        HttpResponse<String> stale = proxy.get("/p");
        assertThat(stale.statusCode()).as(failure).isEqualTo(200);
        assertThat(stale.body()).as(failure).isEqualTo("good");
        assertThat(cacheStatus(stale)).as(failure).contains("fwd=stale").contains("ttl=-10");
      }
      assertThat(asked.get()).isGreaterThanOrEqualTo(3);
      proxy.time.advance(seconds(60));
      mode.set("error");
      assertThat(proxy.get("/p").statusCode()).as("past the window").isEqualTo(503);
    }
  }

  /// The client's head is held back until the body is whole, if there is something to stand in.
  @Test
  void aStalePageStandsInForABodyThatBreaksOff() throws Exception {
    AtomicReference<String> rest = new AtomicReference<>("Content-Length: 4\r\n\r\ngood");
    try (RawOrigin origin =
            new RawOrigin((_, nth) ->
                nth > 0 || rest.get().isEmpty()
                    ? RawOrigin.CLOSE
                    : "HTTP/1.1 200 OK\r\nConnection: close\r\nCache-Control: max-age=10\r\n"
                        + rest.get());
        ProxyUnderTest proxy =
            new ProxyUnderTest(CachePolicy.defaults(), SHORT, origin.address())) {
      proxy.getStored("/p");
      proxy.time.advance(seconds(20));
      for (String broken :
          new String[] {
            "Content-Length: 100\r\n\r\nbad", "Transfer-Encoding: chunked\r\n\r\n3\r\nbad\r\n"
          }) {
        rest.set(broken);
        HttpResponse<String> stale = proxy.get("/p");
        assertThat(stale.body()).isEqualTo("good");
        assertThat(cacheStatus(stale)).contains("stale-if-error");
      }
      assertThat(proxy.records(3).getLast().error()).isPresent();
      rest.set("Content-Length: 3\r\n\r\nnew");
      assertThat(proxy.get("/p").body()).isEqualTo("new");
    }
  }

  @Test
  void mustRevalidateForbidsServingStale() throws Exception {
    try (ProxyUnderTest proxy = new ProxyUnderTest(CachePolicy.defaults(), SHORT, null)) {
      AtomicReference<Boolean> well = new AtomicReference<>(true);
      proxy.origin.on(
          "/p",
          request -> {
            if (well.get()) {
              request
                  .response()
                  .putHeader("Cache-Control", "max-age=10, must-revalidate")
                  .putHeader("ETag", "\"1\"")
                  .end("good");
            } else {
              request.connection().close();
            }
          });
      proxy.getStored("/p");
      proxy.time.advance(seconds(20));
      well.set(false);
      assertThat(proxy.get("/p").statusCode()).isEqualTo(502);
    }
  }

  /// RFC 9112 §6.1: nobody asked for it, and passed on without it the content would be another.
  @Test
  void anOriginThatCompressesTheTransferIs502() throws Exception {
    String coded = "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n";
    try (ServerSocket server = sending(coded);
        ProxyUnderTest proxy =
            new ProxyUnderTest(
                CachePolicy.defaults(),
                new OriginTimeouts(seconds(2), seconds(2), seconds(2)),
                new Origin("127.0.0.1", server.getLocalPort(), false))) {
      HttpResponse<String> answer = proxy.get("/p");
      assertThat(answer.statusCode()).isEqualTo(502);
      assertThat(answer.headers().firstValue("Proxy-Status"))
          .hasValue("forebay; error=http_response_transfer_coding");
    }
  }

  /// RFC 9111 §4.4 speaks of non-error responses only; but nobody knows what this request did.
  @ParameterizedTest
  @CsvSource({"POST, closed", "PUT, closed", "DELETE, silent", "POST, silent"})
  void aChangeWithoutAnAnswerInvalidatesItsTarget(String method, String failure) throws Exception {
    try (ProxyUnderTest proxy = new ProxyUnderTest(CachePolicy.defaults(), SHORT, null)) {
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
              version.incrementAndGet();
              if (failure.equals("closed")) {
                request.connection().close();
              }
            }
          });
      assertThat(proxy.getStored("/p").body()).isEqualTo("version 0");
      assertThat(proxy.send(method, "/p", "change").statusCode()).isGreaterThanOrEqualTo(502);
      assertThat(proxy.get("/p").body()).doesNotContain("version 0");
    }
  }

  @Test
  void aChangeThatNeverLeftInvalidatesNothing() throws Exception {
    try (ProxyUnderTest proxy = new ProxyUnderTest(CachePolicy.defaults(), SHORT, null)) {
      proxy.origin.page("/p", "body", "Cache-Control", "max-age=60");
      proxy.getStored("/p");
      proxy.origin.close();
      // On a connection whose end has not been noticed yet, it might have left.
      Awaitility.await()
          .until(
              () -> proxy.proxy.poolFigures().getFirst().origins().getFirst().connections() == 0);
      assertThat(proxy.send("POST", "/p", "change").statusCode()).isEqualTo(502);
      assertThat(proxy.get("/p").body()).isEqualTo("body");
    }
  }
}
