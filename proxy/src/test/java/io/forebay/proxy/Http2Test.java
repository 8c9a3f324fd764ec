package io.forebay.proxy;

import static io.forebay.proxy.RawHttp2Client.ACK;
import static io.forebay.proxy.RawHttp2Client.CONTINUATION;
import static io.forebay.proxy.RawHttp2Client.DATA;
import static io.forebay.proxy.RawHttp2Client.END_HEADERS;
import static io.forebay.proxy.RawHttp2Client.END_STREAM;
import static io.forebay.proxy.RawHttp2Client.GOAWAY;
import static io.forebay.proxy.RawHttp2Client.HEADERS;
import static io.forebay.proxy.RawHttp2Client.PING;
import static io.forebay.proxy.RawHttp2Client.PRIORITY;
import static io.forebay.proxy.RawHttp2Client.PUSH_PROMISE;
import static io.forebay.proxy.RawHttp2Client.RST_STREAM;
import static io.forebay.proxy.RawHttp2Client.SETTINGS;
import static io.forebay.proxy.RawHttp2Client.WINDOW_UPDATE;
import static io.forebay.proxy.RawHttp2Client.block;
import static io.forebay.proxy.RawHttp2Client.get;
import static io.forebay.proxy.RawHttp2Client.int32;
import static io.forebay.proxy.RawHttp2Client.post;
import static io.forebay.proxy.RawHttp2Client.settings;
import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.proxy.RawHttp2Client.Frame;
import io.forebay.proxy.RawHttp2Client.Response;
import io.netty.handler.codec.http2.Http2Error;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// HTTP/2 to clients, from RFC 9113, by frames.
class Http2Test {

  private ProxyUnderTest proxy;

  @BeforeEach
  void start() throws Exception {
    proxy = new ProxyUnderTest();
  }

  @AfterEach
  void stop() throws Exception {
    proxy.close();
  }

  private RawHttp2Client open(int... clientSettings) throws IOException {
    return RawHttp2Client.open(proxy.port, clientSettings);
  }

  private static byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) 'x');
    return bytes;
  }

  // Messages (§8).

  @Test
  void aPageIsServedFetchedAndFromTheStore() throws Exception {
    proxy.origin.page("/p", "page", "Cache-Control", "max-age=60", "X-Obs", "caf\u00e9");
    try (RawHttp2Client client = open()) {
      Response fetched = client.request(1, get("/p")).flush().response(1);
      assertThat(fetched.status()).isEqualTo("200");
      assertThat(fetched.body()).isEqualTo("page");
      Awaitility.await().until(() -> proxy.pages.statistics().writes() > 0);
      Response stored = client.request(3, get("/p")).flush().response(3);
      assertThat(stored.body()).isEqualTo("page");
      assertThat(stored.field("cache-status")).contains("forebay; hit");
      assertThat(stored.field("age")).isEqualTo("0");
      assertThat(stored.field("content-length")).isEqualTo("4");
      Response head =
          client
              .request(
                  5,
                  block(
                      ":method", "HEAD", ":scheme", "http", ":path", "/p", ":authority", "x.test"))
              .flush()
              .response(5);
      assertThat(head.field("content-length")).isEqualTo("4");
      assertThat(head.body()).isEmpty();
      Response unchanged =
          client
              .request(7, get("/p", "if-modified-since", "Sun, 01 Mar 2037 12:00:00 GMT"))
              .flush()
              .response(7);
      assertThat(unchanged.status()).isIn("200", "304");
    }
    assertThat(proxy.origin.asked("/p")).hasSize(1);
    assertThat(proxy.records).allMatch(record -> record.protocol().equals("2"));
  }

  @Test
  void pagesAreSharedWithHttp11() throws Exception {
    proxy.origin.page("/p", "page", "Cache-Control", "max-age=60");
    proxy.getStored("/p");
    try (RawHttp2Client client = open()) {
      byte[] same =
          block(
              ":method",
              "GET",
              ":scheme",
              "http",
              ":path",
              "/p",
              ":authority",
              "127.0.0.1:" + proxy.port);
      assertThat(client.request(1, same).flush().response(1).field("cache-status")).contains("hit");
    }
  }

  @Test
  void cookiesThatCameInPiecesAreOneAgainAndTheHostIsTheAuthority() throws Exception {
    proxy.origin.page("/p", "page");
    try (RawHttp2Client client = open()) {
      client.request(1, get("/p", "cookie", "a=1", "x", "y", "cookie", "b=2", "host", "X.test"));
      assertThat(client.flush().response(1).status()).isEqualTo("200");
    }
    var asked = proxy.origin.asked("/p").getFirst().fields();
    assertThat(asked).containsEntry("cookie", "a=1; b=2").containsEntry("Host", "x.test");
    assertThat(asked.get("Via")).isEqualTo("2 forebay");
  }

  @Test
  void aRequestWithoutAnAuthorityHasAHostField() throws Exception {
    proxy.origin.page("/p", "page");
    try (RawHttp2Client client = open()) {
      byte[] block = block(":method", "GET", ":scheme", "http", ":path", "/p", "host", "h.test");
      assertThat(client.request(1, block).flush().response(1).status()).isEqualTo("200");
    }
    assertThat(proxy.origin.asked("/p").getFirst().fields()).containsEntry("Host", "h.test");
  }

  @Test
  void contentReachesTheOriginWholeWhateverFramesItCameIn() throws Exception {
    proxy.origin.on(
        "/up",
        request -> request.body().onSuccess(body -> request.response().end("" + body.length())));
    try (RawHttp2Client client = open()) {
      byte[] head = post("/up");
      client.frame(HEADERS, END_HEADERS, 1, head);
      for (int i = 0; i < 3_000; i++) {
        client.frame(DATA, 0, 1, bytes(1));
      }
      // Padded (§6.1): one byte says how much.
      client.frame(DATA, 8, 1, new byte[] {3, 'a', 'b', 0, 0, 0});
      client.frame(HEADERS, END_HEADERS | END_STREAM, 1, block("t", "trailer"));
      assertThat(client.flush().response(1).body()).isEqualTo("3002");
    }
  }

  @Test
  void trailersGoToThoseWhoWantThem() throws Exception {
    proxy.origin.on(
        "/t",
        request -> {
          request.response().setChunked(true).putTrailer("T", "v");
          request.response().end("body");
        });
    try (RawHttp2Client client = open()) {
      Response with = client.request(1, get("/t", "te", "trailers")).flush().response(1);
      assertThat(with.body()).isEqualTo("body");
      assertThat(with.trailers().orElseThrow().get("t")).hasToString("v");
      assertThat(client.request(3, get("/t")).flush().response(3).trailers()).isEmpty();
    }
  }

  @Test
  void aClientThatAsksWhetherToGoOnIsToldWhenTheOriginWantsTheContent() throws Exception {
    proxy.origin.on(
        "/up", request -> request.body().onSuccess(body -> request.response().end(body)));
    try (RawHttp2Client client = open()) {
      byte[] head = post("/up", "expect", "100-continue");
      client.frame(HEADERS, END_HEADERS, 1, head).flush();
      assertThat(client.decoded(client.await(HEADERS, 1)).status()).hasToString("100");
      client.frame(DATA, END_STREAM, 1, "content".getBytes(StandardCharsets.US_ASCII)).flush();
      assertThat(client.response(1).body()).isEqualTo("content");
    }
  }

  static Stream<Arguments> malformed() {
    List<String[]> blocks = new ArrayList<>();
    String[] good = {":method", "GET", ":scheme", "http", ":path", "/p", ":authority", "x.test"};
    for (String[] more :
        new String[][] {
          {"X-Upper", "a"},
          {"connection", "close"},
          {"connection", "x"},
          {"keep-alive", "1"},
          {"proxy-connection", "close"},
          {"transfer-encoding", "chunked"},
          {"upgrade", "h2c"},
          {"te", "gzip"},
          {"te", "trailers, gzip"},
          {"a b", "c"},
          {"a:b", "c"},
          {"a\r\nb", "c"},
          {"", "c"},
          {"a", "b\r\nsmuggled: c"},
          {"a", "b\nc"},
          {"a", "b\0c"},
          {"a", " b"},
          {"a", "b\t"},
          {":method", "POST"},
          {":unknown", "a"},
          {":status", "200"},
          {":protocol", "websocket"},
          {"host", "other.test"},
          {"host", "x.test", "host", "x.test"},
          {"content-length", "5"},
          {"content-length", "0", "content-length", "5"},
          {"content-length", "x"},
        }) {
      blocks.add(Stream.concat(Arrays.stream(good), Arrays.stream(more)).toArray(String[]::new));
    }
    blocks.add(new String[] {":method", "GET", ":scheme", "http", ":path", "/p"});
    blocks.add(new String[] {":method", "GET", ":scheme", "http", ":authority", "x.test"});
    blocks.add(new String[] {":method", "GET", ":path", "/p", ":authority", "x.test"});
    blocks.add(new String[] {":scheme", "http", ":path", "/p", ":authority", "x.test"});
    blocks.add(
        new String[] {":method", "GET", ":scheme", "http", ":path", "", ":authority", "x.test"});
    blocks.add(
        new String[] {
          "a", "b", ":method", "GET", ":scheme", "http", ":path", "/p", ":authority", "x.test"
        });
    blocks.add(
        new String[] {":method", "G T", ":scheme", "http", ":path", "/p", ":authority", "x.test"});
    blocks.add(
        new String[] {
          ":method",
          "GET",
          ":scheme",
          "http",
          ":path",
          "/p HTTP/1.1\r\nSmuggled: 1",
          ":authority",
          "x"
        });
    return blocks.stream().map(fields -> Arguments.of((Object) fields));
  }

  /// §8.1.1, §8.2, §8.3, §10.3.
  @ParameterizedTest
  @MethodSource("malformed")
  void aMalformedRequestIsRefusedAndReachesNobody(String[] fields) throws Exception {
    proxy.origin.page("/p", "page", "Cache-Control", "max-age=60");
    try (RawHttp2Client client = open()) {
      client.request(1, block(fields)).flush();
      Frame answer =
          client.await(frame ->
              frame.type() == RST_STREAM || frame.type() == GOAWAY || frame.type() == HEADERS);
      assertThat(answer.type()).isIn(RST_STREAM, GOAWAY);
      assertThat(answer.errorCode()).isEqualTo((int) Http2Error.PROTOCOL_ERROR.code());
    }
    assertThat(proxy.origin.asked("/p")).isEmpty();
    assertThat(proxy.pages.statistics().writes()).isZero();
  }

  @Test
  void whatIsWellFormedButNotToBeServedGets4xxOr5xx() throws Exception {
    try (RawHttp2Client client = open()) {
      String[][] requests = {
        {":method", "GET", ":scheme", "ftp", ":path", "/p", ":authority", "x.test"},
        {":method", "GET", ":scheme", "http", ":path", "/p#f", ":authority", "x.test"},
        {":method", "GET", ":scheme", "http", ":path", "p", ":authority", "x.test"},
        {":method", "GET", ":scheme", "http", ":path", "/p", ":authority", "u@x.test"},
      };
      int stream = 1;
      for (String[] fields : requests) {
        assertThat(client.request(stream, block(fields)).flush().response(stream).status())
            .isEqualTo("400");
        stream += 2;
      }
      byte[] connect = block(":method", "CONNECT", ":authority", "x.test:443");
      assertThat(client.request(stream, connect).flush().response(stream).status())
          .isEqualTo("501");
    }
  }

  @Test
  void tooManyOrTooLongFieldsAre431() throws Exception {
    try (RawHttp2Client client = open()) {
      String[] many = new String[2 * 200];
      Arrays.fill(many, "a");
      assertThat(client.request(1, get("/p", many)).flush().response(1).status()).isEqualTo("431");
      byte[] block = get("/p", "a", "x".repeat(16_000), "b", "y".repeat(2_000));
      client.frame(HEADERS, END_STREAM, 3, Arrays.copyOf(block, 16_000));
      client.frame(CONTINUATION, END_HEADERS, 3, Arrays.copyOfRange(block, 16_000, block.length));
      assertThat(client.flush().response(3).status()).isEqualTo("431");
    }
  }

  // Flow control (§5.2, §6.9).

  @Test
  void aStalledStreamHoldsLittleAndTheOthersGoOn() throws Exception {
    AtomicLong written = new AtomicLong();
    proxy.origin.on(
        "/endless",
        request -> {
          request.response().setChunked(true);
          pour(request, written);
        });
    proxy.origin.page("/p", "page");
    // No room for any content on streams by default.
    try (RawHttp2Client client = open(4, 0)) {
      client.request(1, get("/endless")).flush();
      client.await(HEADERS, 1);
      AtomicLong before = new AtomicLong(-1);
      Awaitility.await()
          .until(() -> written.get() > 0 && before.getAndSet(written.get()) == written.get());
      assertThat(written.get()).as("bytes the origin could get rid of").isLessThan(8_000_000);
      client.frame(WINDOW_UPDATE, 0, 3, int32(100));
      client.request(3, get("/p"));
      client.frame(WINDOW_UPDATE, 0, 3, int32(100)).flush();
      Frame data = client.await(DATA, 3);
      assertThat(data.text()).isEqualTo("page");
      // With room again it goes on.
      client.frame(WINDOW_UPDATE, 0, 1, int32(10)).flush();
      assertThat(client.await(DATA, 1).payload()).hasSize(10);
    } catch (IOException windowUpdateOnIdleStream) {
      // §5.1: the update for stream 3 came before its request.
      assertThat(windowUpdateOnIdleStream).hasMessage("the connection was closed");
    }
    Awaitility.await().until(() -> proxy.proxy.figures().exchangesUnderWay() == 0);
  }

  /// Some chunks at a time: that the connection has ended is only heard of in between.
  private static void pour(HttpServerRequest request, AtomicLong written) {
    Buffer chunk = Buffer.buffer(bytes(16 * 1024));
    for (int i = 0; i < 64; i++) {
      if (request.response().closed()) {
        return;
      }
      if (request.response().writeQueueFull()) {
        request.response().drainHandler(_ -> pour(request, written));
        return;
      }
      var _ = request.response().write(chunk);
      written.addAndGet(chunk.length());
    }
    Objects.requireNonNull(Vertx.currentContext()).runOnContext(_ -> pour(request, written));
  }

  @Test
  void responsesWaitForTheClientsWindows() throws Exception {
    proxy.origin.page("/p", "x".repeat(100_000));
    try (RawHttp2Client client = open()) {
      client.request(1, get("/p")).flush();
      int got = 0;
      while (got < 65_535) {
        got += client.await(DATA, 1).payload().length;
      }
      assertThat(got).isEqualTo(65_535);
      client.frame(PING, 0, 0, new byte[8]).flush();
      assertThat(client.await(f -> f.type() == PING || f.type() == DATA).type()).isEqualTo(PING);
      client.frame(WINDOW_UPDATE, 0, 0, int32(100_000)).flush();
      client.frame(WINDOW_UPDATE, 0, 1, int32(100_000)).flush();
      while (got < 100_000) {
        got += client.await(DATA, 1).payload().length;
      }
    }
  }

  @Test
  void aClientMayNotSendMoreThanItsWindow() throws Exception {
    proxy.origin.on("/up", HttpServerRequest::pause);
    try (RawHttp2Client client = open()) {
      byte[] head = post("/up");
      client.frame(HEADERS, END_HEADERS, 1, head);
      for (int i = 0; i < 400; i++) {
        client.frame(DATA, 0, 1, bytes(16_384));
      }
      client.flushIfOpen();
      Frame answer = client.await(f -> f.type() == RST_STREAM || f.type() == GOAWAY);
      assertThat(answer.errorCode()).isEqualTo((int) Http2Error.FLOW_CONTROL_ERROR.code());
    }
  }

  // Streams (§5.1).

  @Test
  void aClientThatResetsItsStreamEndsItsExchange() throws Exception {
    Queue<HttpServerRequest> held = new ConcurrentLinkedQueue<>();
    proxy.origin.on("/held", held::add);
    try (RawHttp2Client client = open()) {
      client.request(1, get("/held")).flush();
      Awaitility.await().until(() -> held.size() == 1);
      client.frame(RST_STREAM, 0, 1, int32((int) Http2Error.CANCEL.code())).flush();
      Awaitility.await().until(() -> proxy.proxy.figures().exchangesUnderWay() == 0);
      proxy.origin.page("/p", "page");
      assertThat(client.request(3, get("/p")).flush().response(3).body()).isEqualTo("page");
    }
    assertThat(proxy.records(1).getFirst().cutOff()).isTrue();
  }

  @Test
  void aClientThatClosesItsConnectionEndsItsExchanges() throws Exception {
    Queue<HttpServerRequest> held = new ConcurrentLinkedQueue<>();
    proxy.origin.on("/held", held::add);
    try (RawHttp2Client client = open()) {
      client.request(1, get("/held")).request(3, get("/held")).flush();
      Awaitility.await().until(() -> proxy.proxy.figures().exchangesUnderWay() == 2);
    }
    Awaitility.await().until(() -> proxy.proxy.figures().exchangesUnderWay() == 0);
    Awaitility.await().until(() -> proxy.proxy.figures().connections().http2Connections() == 0);
  }

  @Test
  void anOriginThatBreaksOffIsAResetNotAnEnd() throws Exception {
    proxy.origin.on(
        "/broken",
        request -> {
          request.response().putHeader("Content-Length", "10");
          request.response().write("half").onComplete(_ -> request.connection().close());
        });
    try (RawHttp2Client client = open()) {
      Response broken = client.request(1, get("/broken")).flush().response(1);
      assertThat(broken.reset()).contains((int) Http2Error.INTERNAL_ERROR.code());
    }
  }

  @Test
  void anEarlyAnswerEndsTheUploadWithoutAnError() throws Exception {
    proxy.origin.on("/up", request -> request.response().setStatusCode(413).end("too much"));
    try (RawHttp2Client client = open()) {
      byte[] head = post("/up");
      client.frame(HEADERS, END_HEADERS, 1, head).frame(DATA, 0, 1, bytes(10)).flush();
      Response response = client.response(1);
      assertThat(response.status()).isEqualTo("413");
      assertThat(response.body()).isEqualTo("too much");
      Frame reset = client.await(RST_STREAM, 1);
      assertThat(reset.errorCode()).isEqualTo((int) Http2Error.NO_ERROR.code());
    }
  }

  @Test
  void streamsBeyondTheLimitAreRefused() throws Exception {
    proxy.origin.on("/held", _ -> {});
    try (RawHttp2Client client = open()) {
      for (int i = 0; i < 101; i++) {
        client.request(1 + 2 * i, get("/held"));
      }
      Frame refused = client.flush().await(RST_STREAM, 201);
      assertThat(refused.errorCode()).isEqualTo((int) Http2Error.REFUSED_STREAM.code());
      assertThat(proxy.proxy.figures().exchangesUnderWay()).isLessThanOrEqualTo(100);
    }
  }

  // Connection errors (§5.4.1).

  static Stream<Arguments> connectionErrors() {
    byte[] none = new byte[0];
    return Stream.of(
        Arguments.of("data on an idle stream", DATA, 0, 1, bytes(1), Http2Error.PROTOCOL_ERROR),
        Arguments.of("data on stream 0", DATA, 0, 0, bytes(1), Http2Error.PROTOCOL_ERROR),
        Arguments.of(
            "headers on stream 0", HEADERS, END_HEADERS, 0, get("/p"), Http2Error.PROTOCOL_ERROR),
        Arguments.of(
            "an even stream", HEADERS, END_HEADERS, 2, get("/p"), Http2Error.PROTOCOL_ERROR),
        Arguments.of(
            "a reset of an idle stream", RST_STREAM, 0, 1, int32(8), Http2Error.PROTOCOL_ERROR),
        Arguments.of("a short reset", RST_STREAM, 0, 1, bytes(3), Http2Error.FRAME_SIZE_ERROR),
        Arguments.of(
            "settings of odd length", SETTINGS, 0, 0, bytes(5), Http2Error.FRAME_SIZE_ERROR),
        Arguments.of("settings on a stream", SETTINGS, 0, 1, none, Http2Error.PROTOCOL_ERROR),
        Arguments.of(
            "an acknowledgement with content",
            SETTINGS,
            ACK,
            0,
            bytes(6),
            Http2Error.FRAME_SIZE_ERROR),
        Arguments.of(
            "a window beyond 2^31-1",
            SETTINGS,
            0,
            0,
            settings(4, 0x80000000),
            Http2Error.FLOW_CONTROL_ERROR),
        Arguments.of(
            "a frame size below 16384",
            SETTINGS,
            0,
            0,
            settings(5, 100),
            Http2Error.PROTOCOL_ERROR),
        Arguments.of(
            "a push setting of 2", SETTINGS, 0, 0, settings(2, 2), Http2Error.PROTOCOL_ERROR),
        Arguments.of("a short ping", PING, 0, 0, bytes(7), Http2Error.FRAME_SIZE_ERROR),
        Arguments.of("a ping on a stream", PING, 0, 1, bytes(8), Http2Error.PROTOCOL_ERROR),
        Arguments.of(
            "a push by a client",
            PUSH_PROMISE,
            END_HEADERS,
            1,
            int32(2),
            Http2Error.PROTOCOL_ERROR),
        Arguments.of(
            "a window update of 0", WINDOW_UPDATE, 0, 0, int32(0), Http2Error.PROTOCOL_ERROR),
        Arguments.of(
            "a window update beyond 2^31-1",
            WINDOW_UPDATE,
            0,
            0,
            int32(Integer.MAX_VALUE),
            Http2Error.FLOW_CONTROL_ERROR),
        Arguments.of(
            "a continuation of nothing",
            CONTINUATION,
            END_HEADERS,
            1,
            get("/p"),
            Http2Error.PROTOCOL_ERROR),
        Arguments.of(
            "a header block that is none",
            HEADERS,
            END_HEADERS,
            1,
            new byte[] {(byte) 0xff, (byte) 0xff, (byte) 0xff},
            Http2Error.COMPRESSION_ERROR),
        Arguments.of(
            "padding longer than the frame",
            HEADERS,
            END_HEADERS | 8,
            1,
            new byte[] {100, 0},
            Http2Error.PROTOCOL_ERROR));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("connectionErrors")
  void anErrorOfTheConnectionEndsItWithTheRightCode(
      String what, int type, int flags, int stream, byte[] payload, Http2Error error)
      throws Exception {
    try (RawHttp2Client client = open()) {
      client.frame(type, flags, stream, payload).flush();
      assertThat(client.goneWith()).as(what).contains((int) error.code());
    }
    Awaitility.await()
        .until(() ->
            proxy.proxy.figures().connections().http2Errors().values().stream()
                    .mapToLong(Long::longValue)
                    .sum()
                == 1);
  }

  @Test
  void aFrameLongerThanAllowedEndsTheConnection() throws Exception {
    try (RawHttp2Client client = open()) {
      client.frame(DATA, 0, 1, 16_385, bytes(100)).flush();
      assertThat(client.goneWith()).contains((int) Http2Error.FRAME_SIZE_ERROR.code());
    }
  }

  @Test
  void anotherFrameBetweenHeadersAndContinuationEndsTheConnection() throws Exception {
    try (RawHttp2Client client = open()) {
      client.frame(HEADERS, END_STREAM, 1, get("/p")).frame(PING, 0, 0, new byte[8]).flush();
      assertThat(client.goneWith()).contains((int) Http2Error.PROTOCOL_ERROR.code());
    }
  }

  @Test
  void anOldStreamNumberEndsTheConnection() throws Exception {
    proxy.origin.page("/p", "page");
    try (RawHttp2Client client = open()) {
      client.request(5, get("/p")).flush().response(5);
      client.request(3, get("/p")).flush();
      Frame answer = client.await(f -> f.type() == GOAWAY || f.type() == RST_STREAM);
      assertThat(answer.errorCode())
          .isIn((int) Http2Error.PROTOCOL_ERROR.code(), (int) Http2Error.STREAM_CLOSED.code());
    }
  }

  @Test
  void unknownFramesAndSettingsMeanNothing() throws Exception {
    proxy.origin.page("/p", "page");
    try (RawHttp2Client client = open(0x99, 7)) {
      client.frame(0x42, 0xff, 0, bytes(20)).frame(PRIORITY, 0, 1, new byte[] {0, 0, 0, 0, 15});
      assertThat(client.request(1, get("/p")).flush().response(1).body()).isEqualTo("page");
      client.frame(PING, 0, 0, "12345678".getBytes(StandardCharsets.US_ASCII)).flush();
      Frame pong = client.await(f -> f.type() == PING);
      assertThat(pong.has(ACK)).isTrue();
      assertThat(pong.text()).isEqualTo("12345678");
    }
  }

  @Test
  void somethingElseThanSettingsBehindThePrefaceEndsTheConnection() throws Exception {
    try (RawHttp2Client client = RawHttp2Client.silent(proxy.port)) {
      client.preface().request(1, get("/p")).flush();
      assertThat(client.goneWith()).contains((int) Http2Error.PROTOCOL_ERROR.code());
    }
  }

  // Floods (§10.5).

  private static final int CALM = (int) Http2Error.ENHANCE_YOUR_CALM.code();

  private void assertCutOff(RawHttp2Client client) throws IOException {
    Optional<Integer> code = client.goneWith();
    assertThat(code).contains(CALM);
    Awaitility.await()
        .until(() ->
            proxy.proxy.figures().connections().http2Errors().getOrDefault("enhance_your_calm", 0L)
                == 1);
    Awaitility.await().until(() -> proxy.proxy.figures().exchangesUnderWay() == 0);
    Awaitility.await().until(() -> proxy.proxy.figures().connections().http2Connections() == 0);
  }

  /// CVE-2023-44487.
  @Test
  void rapidResetsEndTheConnection() throws Exception {
    proxy.origin.on("/held", _ -> {});
    try (RawHttp2Client client = open()) {
      for (int i = 0; i < 300; i++) {
        client.request(1 + 2 * i, get("/held"));
        client.frame(RST_STREAM, 0, 1 + 2 * i, int32((int) Http2Error.CANCEL.code()));
      }
      client.flushIfOpen();
      assertCutOff(client);
    }
  }

  /// CVE-2025-8671: frames that make the server reset.
  @Test
  void resetsThatTheClientProvokesEndTheConnection() throws Exception {
    proxy.origin.on("/held", _ -> {});
    try (RawHttp2Client client = open()) {
      for (int i = 0; i < 300; i++) {
        client.request(1 + 2 * i, get("/held"));
        client.frame(WINDOW_UPDATE, 0, 1 + 2 * i, int32(0));
      }
      client.flushIfOpen();
      assertCutOff(client);
    }
  }

  /// CVE-2024-27316 and its kin.
  @Test
  void aFloodOfContinuationsEndsTheConnection() throws Exception {
    try (RawHttp2Client client = open()) {
      client.frame(HEADERS, END_STREAM, 1, get("/p"));
      for (int i = 0; i < 10_000; i++) {
        client.frame(CONTINUATION, 0, 1, i % 2 == 0 ? new byte[0] : block("a", "b"));
      }
      client.flushIfOpen();
      assertCutOff(client);
    }
  }

  @Test
  void aHeaderBlockWithoutEndEndsTheConnection() throws Exception {
    try (RawHttp2Client client = open()) {
      client.frame(HEADERS, END_STREAM, 1, get("/p"));
      byte[] more = block("a", "x".repeat(16_000));
      for (int i = 0; i < 100; i++) {
        client.frame(CONTINUATION, 0, 1, more);
      }
      client.flushIfOpen();
      assertThat(client.goneWith()).isPresent();
    }
    Awaitility.await().until(() -> proxy.proxy.figures().connections().http2Connections() == 0);
  }

  @Test
  void aFloodOfPingsEndsTheConnection() throws Exception {
    try (RawHttp2Client client = open()) {
      for (int i = 0; i < 2_000; i++) {
        client.frame(PING, 0, 0, new byte[8]);
      }
      client.flushIfOpen();
      assertCutOff(client);
    }
  }

  @Test
  void aFloodOfSettingsEndsTheConnection() throws Exception {
    try (RawHttp2Client client = open()) {
      for (int i = 0; i < 2_000; i++) {
        client.frame(SETTINGS, 0, 0, settings(3, i));
      }
      client.flushIfOpen();
      assertCutOff(client);
    }
  }

  @Test
  void aFloodOfEmptyDataEndsTheConnection() throws Exception {
    proxy.origin.on("/up", HttpServerRequest::pause);
    try (RawHttp2Client client = open()) {
      byte[] head = post("/up");
      client.frame(HEADERS, END_HEADERS, 1, head);
      for (int i = 0; i < 1_000; i++) {
        client.frame(DATA, 0, 1, new byte[0]);
      }
      client.flushIfOpen();
      assertCutOff(client);
    }
  }

  // Stopping (§6.8).

  @Test
  void aStopSaysGoawayAndLetsFinishWhatIsUnderWay() throws Exception {
    Queue<HttpServerRequest> held = new ConcurrentLinkedQueue<>();
    proxy.origin.on("/held", held::add);
    try (RawHttp2Client client = open()) {
      client.request(1, get("/held")).flush();
      Awaitility.await().until(() -> held.size() == 1);
      Thread stopping =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  proxy.proxy.stop(ProxyUnderTest.seconds(20));
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      Frame goaway = client.await(f -> f.type() == GOAWAY);
      assertThat(goaway.errorCode()).isEqualTo((int) Http2Error.NO_ERROR.code());
      held.remove().response().end("finished");
      assertThat(client.response(1).body()).isEqualTo("finished");
      assertThat(client.goneWith()).contains((int) Http2Error.NO_ERROR.code());
      stopping.join();
    }
  }
}
