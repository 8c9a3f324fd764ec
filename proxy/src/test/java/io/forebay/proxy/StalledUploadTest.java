package io.forebay.proxy;

import static io.forebay.proxy.ProxyUnderTest.seconds;
import static io.forebay.proxy.RawHttp2Client.DATA;
import static io.forebay.proxy.RawHttp2Client.END_HEADERS;
import static io.forebay.proxy.RawHttp2Client.END_STREAM;
import static io.forebay.proxy.RawHttp2Client.HEADERS;
import static io.forebay.proxy.RawHttp2Client.get;
import static io.forebay.proxy.RawHttp2Client.post;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.Http2Error;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A client that begins a request's content and sends no more of it, or too little, gets an end
/// after the idle time, gives its place back here and at the origin, and keeps nobody else waiting.
class StalledUploadTest {

  private static final Duration IDLE = seconds(2);
  private static final Duration PAUSE = Duration.ofMillis(200);
  private static final int PAUSES_LONGER_THAN_IDLE = 15;

  private final AtomicInteger begun = new AtomicInteger();
  private final AtomicInteger brokenOff = new AtomicInteger();
  private ProxyUnderTest proxy;

  @BeforeEach
  void start() throws Exception {
    proxy = new ProxyUnderTest(IDLE);
    proxy.origin.page("/p", "page");
    proxy.origin.on(
        "/up",
        request -> {
          begun.incrementAndGet();
          request.exceptionHandler(_ -> brokenOff.incrementAndGet());
          request.endHandler(_ -> request.response().end("took it"));
        });
  }

  @AfterEach
  void stop() throws Exception {
    proxy.close();
  }

  private void awaitPlacesFreed() {
    Awaitility.await()
        .until(() ->
            proxy.proxy.figures().exchangesUnderWay() == 0
                && proxy.proxy.figures().fetchesUnderWay() == 0
                && brokenOff.get() == begun.get());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "POST /up HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc",
        "POST /up HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
        "PUT /up HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 10\r\n\r\n",
        "GET /up HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc",
      })
  void overHttp1ItsConnectionIsClosed(String request) throws Exception {
    try (RawClient client = new RawClient(proxy.port)) {
      client.send(request);
      assertThat(proxy.get("/p").body()).isEqualTo("page");
      assertThat(client.readToEnd()).isIn("", "HTTP/1.1 100 Continue\r\n\r\n");
      assertThat(proxy.get("/p").body()).isEqualTo("page");
    }
    awaitPlacesFreed();
  }

  @Test
  void overHttp2ItsStreamIsCancelledAndTheOthersGoOn() throws Exception {
    proxy.origin.on("/held", _ -> {});
    try (RawHttp2Client client = RawHttp2Client.open(proxy.port)) {
      byte[] head = post("/up", "content-length", "10");
      client.frame(HEADERS, END_HEADERS, 1, head);
      client.frame(DATA, 0, 1, "abc".getBytes(StandardCharsets.US_ASCII));
      // So that the connection is not idle, however slow this test is.
      client.request(3, get("/held"));
      assertThat(client.request(5, get("/p")).flush().response(5).body()).isEqualTo("page");
      RawHttp2Client.Response ended = client.response(1);
      assertThat(ended.head()).isEmpty();
      assertThat(ended.reset()).hasValue((int) Http2Error.CANCEL.code());
      assertThat(client.request(7, get("/p")).flush().response(7).body()).isEqualTo("page");
    }
    awaitPlacesFreed();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "POST /up HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n",
        "PUT /up HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 1000\r\n\r\n",
      })
  void overHttp1OneThatIsNeverSilentButTooSlowEndsToo(String request) throws Exception {
    try (RawClient client = new RawClient(proxy.port)) {
      client.send(request);
      Thread trickle = trickle(() -> client.send("a"));
      assertThat(client.readToEnd()).isIn("", "HTTP/1.1 100 Continue\r\n\r\n");
      trickle.interrupt();
    }
    awaitPlacesFreed();
  }

  @Test
  void overHttp2OneThatIsNeverSilentButTooSlowEndsToo() throws Exception {
    proxy.origin.on("/held", _ -> {});
    try (RawHttp2Client client = RawHttp2Client.open(proxy.port)) {
      client.frame(HEADERS, END_HEADERS, 1, post("/up", "content-length", "1000"));
      // So that the connection is not idle, however slow this test is.
      client.request(3, get("/held"));
      Thread trickle = trickle(() -> client.frame(DATA, 0, 1, new byte[1]).flush());
      RawHttp2Client.Response ended = client.response(1);
      trickle.interrupt();
      trickle.join();
      assertThat(ended.head()).isEmpty();
      assertThat(ended.reset()).hasValue((int) Http2Error.CANCEL.code());
      assertThat(client.request(5, get("/p")).flush().response(5).body()).isEqualTo("page");
    }
    awaitPlacesFreed();
  }

  @Test
  void oneThatIsFastEnoughMayTakeAsLongAsItLikes() throws Exception {
    String part = "a".repeat((int) ProxyUnderTest.MIN_UPLOAD_RATE);
    try (RawClient client = new RawClient(proxy.port)) {
      client.send(
          "POST /up HTTP/1.1\r\nHost: x\r\nContent-Length: "
              + PAUSES_LONGER_THAN_IDLE * part.length()
              + "\r\n\r\n");
      for (int i = 0; i < PAUSES_LONGER_THAN_IDLE; i++) {
        Thread.sleep(PAUSE);
        client.send(part);
      }
      assertThat(client.readUntil("took it")).startsWith("HTTP/1.1 200 ");
    }
  }

  @Test
  void oneWhoseAnswerHasBegunMayBeAsSlowAsItLikes() throws Exception {
    proxy.origin.on(
        "/both",
        request -> {
          var _ = request.response().setChunked(true).write("begun ");
          request.endHandler(_ -> request.response().end("took it"));
        });
    try (RawHttp2Client client = RawHttp2Client.open(proxy.port)) {
      client
          .frame(
              HEADERS,
              END_HEADERS,
              1,
              post("/both", "content-length", Integer.toString(PAUSES_LONGER_THAN_IDLE)))
          .flush();
      for (int i = 0; i < PAUSES_LONGER_THAN_IDLE; i++) {
        Thread.sleep(PAUSE);
        client
            .frame(DATA, i == PAUSES_LONGER_THAN_IDLE - 1 ? END_STREAM : 0, 1, new byte[1])
            .flush();
      }
      assertThat(client.response(1).body()).isEqualTo("begun took it");
    }
  }

  private interface Sending {
    void run() throws IOException;
  }

  /// Sends a little again and again, never silent for the idle time, slower than the least rate.
  private static Thread trickle(Sending sending) {
    return Thread.ofVirtual()
        .start(() -> {
          try {
            while (true) {
              sending.run();
              Thread.sleep(PAUSE);
            }
          } catch (IOException | InterruptedException cutOff) {
            return;
          }
        });
  }
}
