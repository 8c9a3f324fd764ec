package io.forebay.proxy;

import static io.forebay.proxy.RawHttp2Client.ACK;
import static io.forebay.proxy.RawHttp2Client.CONTINUATION;
import static io.forebay.proxy.RawHttp2Client.DATA;
import static io.forebay.proxy.RawHttp2Client.END_HEADERS;
import static io.forebay.proxy.RawHttp2Client.END_STREAM;
import static io.forebay.proxy.RawHttp2Client.GOAWAY;
import static io.forebay.proxy.RawHttp2Client.HEADERS;
import static io.forebay.proxy.RawHttp2Client.PADDED;
import static io.forebay.proxy.RawHttp2Client.PRIORITIZED;
import static io.forebay.proxy.RawHttp2Client.PRIORITY;
import static io.forebay.proxy.RawHttp2Client.RST_STREAM;
import static io.forebay.proxy.RawHttp2Client.SETTINGS;
import static io.forebay.proxy.RawHttp2Client.WINDOW_UPDATE;
import static io.forebay.proxy.RawHttp2Client.block;
import static io.forebay.proxy.RawHttp2Client.get;
import static io.forebay.proxy.RawHttp2Client.int32;
import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.cache.Lease;
import io.forebay.http.caching.CachePolicy;
import io.forebay.proxy.RawHttp2Client.Response;
import io.netty.handler.codec.http2.Http2Error;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Fresh hits of HTTP/2 that are answered on the event loop: the same as those of the general path.
class FastHttp2HitsTest {

  private static final int BIG = 100_000;

  private static final String TENTH = "t".repeat(BIG / 10);

  private ProxyUnderTest fast;
  private ProxyUnderTest general;

  @BeforeEach
  void start() throws Exception {
    fast = proxy(true);
    general = proxy(false);
  }

  private static ProxyUnderTest proxy(boolean fastHits) throws Exception {
    ProxyUnderTest proxy = new ProxyUnderTest(CachePolicy.defaults(), fastHits, Lease.ENDLESS);
    String date = "Tue, 01 Dec 2026 10:00:00 GMT";
    proxy.origin.page(
        "/hit",
        "a hit",
        "Cache-Control",
        "max-age=60",
        "Date",
        date,
        "ETag",
        "\"a\"",
        "X-Obs",
        "caf\u00e9");
    proxy.origin.page("/empty", "", "Cache-Control", "max-age=60", "Date", date);
    proxy.origin.page("/tenth", TENTH, "Cache-Control", "max-age=60", "Date", date);
    proxy.origin.page("/big", "b".repeat(BIG), "Cache-Control", "max-age=60", "Date", date);
    proxy.origin.page(
        "/coded",
        "by coding",
        "Cache-Control",
        "max-age=60",
        "Vary",
        "Accept-Encoding",
        "Date",
        date);
    try (RawHttp2Client client = RawHttp2Client.open(proxy.port)) {
      int stream = 1;
      for (String path : List.of("/hit", "/empty", "/tenth", "/big", "/coded")) {
        long before = proxy.pages.statistics().writes();
        client.request(stream, get(path)).flush().response(stream);
        Awaitility.await().until(() -> proxy.pages.statistics().writes() > before);
        stream += 2;
      }
    }
    Awaitility.await().until(() -> proxy.proxy.figures().exchangesUnderWay() == 0);
    proxy.time.advance(Duration.ofSeconds(7));
    return proxy;
  }

  @AfterEach
  void stop() throws IOException {
    fast.close();
    general.close();
  }

  private static byte[] head(String path) {
    return block(":method", "HEAD", ":scheme", "http", ":path", path, ":authority", "x.test");
  }

  private static String shown(Response response) {
    String fields =
        response
            .head()
            .map(head ->
                StreamSupport.stream(head.spliterator(), false)
                    .map(Map.Entry::toString)
                    .collect(Collectors.joining("\n")))
            .orElse("nothing");
    return fields + "\n\n" + response.body() + "\n" + response.reset();
  }

  private static List<String> answers(ProxyUnderTest proxy, List<byte[]> requests)
      throws IOException {
    List<String> answers = new ArrayList<>();
    for (byte[] request : requests) {
      try (RawHttp2Client client = RawHttp2Client.open(proxy.port)) {
        answers.add(shown(client.request(1, request).flush().response(1)));
      }
    }
    return answers;
  }

  @Test
  void hitsAreTheSameOnBothPaths() throws IOException {
    List<byte[]> hits =
        List.of(
            get("/hit"),
            get("/hit", "cookie", "a=1", "cookie", "b=2", "user-agent", "tab\there"),
            get("/hit", "accept-encoding", "gzip, br", "x-empty", ""),
            head("/hit"),
            get("/empty"),
            head("/big"),
            get("/coded"));
    assertThat(answers(fast, hits)).isEqualTo(answers(general, hits));
    Awaitility.await().untilAsserted(() -> assertThat(fast.answeredFast).hasValue(hits.size()));
    assertThat(general.answeredFast).hasValue(0);
    assertThat(fast.records)
        .filteredOn(record -> record.cacheStatus().toString().contains("hit"))
        .allSatisfy(record -> {
          assertThat(record.protocol()).isEqualTo("2");
          assertThat(record.peer()).isEqualTo("127.0.0.1");
        });
    assertThat(fast.pages.statistics().hits()).isEqualTo(general.pages.statistics().hits());
  }

  /// What HTTP/1.1's form would make something else of, or where more than target and host counts.
  @Test
  void everythingElseIsAnsweredByTheGeneralPath() throws IOException {
    List<byte[]> others =
        List.of(
            get("/hit", "if-none-match", "\"a\""),
            get("/hit", "range", "bytes=0-1"),
            get("/hit", "te", "trailers"),
            get("/hit", "cache-control", "no-cache"),
            get("/hit", "host", "x.test"),
            get("/hit", "host", "y.test"),
            get("/hit", "x", " y"),
            get("/hit", "x", "y\r\nrange: bytes=0-1"),
            get("/hit", "x:y", "z"),
            get("/hit", "forebay-debug", "1"),
            get("/hit HTTP/1.1\r\nx: "),
            get("/./hit"),
            get("/%68it"),
            block(":method", "GET", ":scheme", "http", ":path", "/hit", "host", "x.test"),
            block(":method", "GET", ":scheme", "https", ":path", "/hit", ":authority", "x.test"),
            block(
                ":method",
                "GET",
                ":scheme",
                "http",
                ":path",
                "/hit",
                ":path",
                "/big",
                ":authority",
                "x.test"),
            block(
                ":method",
                "GET /hit HTTP/1.1\r\nx:",
                ":scheme",
                "http",
                ":path",
                "/hit",
                ":authority",
                "x.test"),
            block(":method", "POST", ":scheme", "http", ":path", "/gone", ":authority", "x.test"));
    assertThat(answers(fast, others)).isEqualTo(answers(general, others));
    assertThat(fast.answeredFast).hasValue(0);
  }

  @Test
  void whatDoesNotFitIntoTheClientsWindowWaitsOnAThread() throws IOException {
    try (RawHttp2Client client =
        RawHttp2Client.open(fast.port, RawHttp2Client.INITIAL_WINDOW_SIZE, 1_000)) {
      assertThat(client.request(1, get("/big")).flush().response(1).body()).hasSize(BIG);
      assertThat(fast.answeredFast).hasValue(0);
      assertThat(client.request(3, get("/hit")).flush().response(3).body()).isEqualTo("a hit");
      Awaitility.await().untilAsserted(() -> assertThat(fast.answeredFast).hasValue(1));
    }
  }

  @Test
  void manyStreamsAtOnceGetTheirAnswers() throws IOException {
    try (RawHttp2Client client = RawHttp2Client.open(fast.port)) {
      for (int stream = 1; stream < 200; stream += 2) {
        client.frame(HEADERS, END_HEADERS | END_STREAM, stream, get("/hit"));
      }
      client.flush();
      for (int i = 0; i < 100; i++) {
        RawHttp2Client.Frame last =
            client.await(frame -> frame.type() == DATA && frame.has(END_STREAM));
        assertThat(last.text()).isEqualTo("a hit");
      }
    }
    Awaitility.await().untilAsserted(() -> assertThat(fast.answeredFast).hasValue(100));
    Awaitility.await().until(() -> fast.proxy.figures().exchangesUnderWay() == 0);
  }

  /// Netty knows nothing of the streams that hits were answered on.
  @Test
  void framesForAnAnsweredStreamAreThoseForAClosedOne() throws IOException {
    try (RawHttp2Client client = RawHttp2Client.open(fast.port)) {
      client.request(7, get("/hit")).flush().response(7);
      client.frame(RST_STREAM, 0, 7, int32(8)).frame(WINDOW_UPDATE, 0, 7, int32(1));
      client.frame(PRIORITY, 0, 7, new byte[] {0, 0, 0, 0, 15});
      // As if reset before it began.
      client.frame(RST_STREAM, 0, 5, int32(8));
      assertThat(client.request(9, get("/hit")).flush().response(9).body()).isEqualTo("a hit");
      // One of Netty's, and what it knows of those before.
      byte[] conditional = get("/hit", "if-none-match", "\"a\"");
      assertThat(client.request(11, conditional).flush().response(11).status()).isEqualTo("304");
      client.frame(RST_STREAM, 0, 7, int32(8)).frame(WINDOW_UPDATE, 0, 9, int32(1));
      assertThat(client.request(13, get("/hit")).flush().response(13).body()).isEqualTo("a hit");
    }
    assertThat(fast.answeredFast).hasValueGreaterThanOrEqualTo(2);
  }

  @Test
  void moreFromAnAnsweredStreamEndsTheConnection() throws IOException {
    List<Consumer<RawHttp2Client>> more =
        List.of(
            client -> client.request(5, get("/hit")),
            client -> client.request(3, get("/hit")),
            client -> client.frame(DATA, END_STREAM, 5, new byte[1]),
            client -> client.frame(HEADERS, END_HEADERS, 1, get("/hit")));
    for (Consumer<RawHttp2Client> one : more) {
      try (RawHttp2Client client = RawHttp2Client.open(fast.port)) {
        client.request(5, get("/hit"));
        one.accept(client);
        client.flush();
        // What came before is still answered.
        assertThat(client.response(5).body()).isEqualTo("a hit");
        RawHttp2Client.Frame goaway = client.await(frame -> frame.type() == GOAWAY);
        assertThat(goaway.errorCode()).isEqualTo((int) Http2Error.STREAM_CLOSED.code());
        assertThat(goaway.lastStream()).isGreaterThanOrEqualTo(5);
      }
    }
  }

  @Test
  void aStreamThatOnlyTheServerMayOpenIsAnError() throws IOException {
    try (RawHttp2Client client = RawHttp2Client.open(fast.port)) {
      client.request(4, get("/hit")).flush();
      assertThat(client.goneWith()).contains((int) Http2Error.PROTOCOL_ERROR.code());
    }
  }

  @Test
  void aHitBeforeTheSettingsIsAnError() throws IOException {
    try (RawHttp2Client client = RawHttp2Client.silent(fast.port)) {
      client.preface().request(1, get("/hit")).flush();
      assertThat(client.goneWith()).contains((int) Http2Error.PROTOCOL_ERROR.code());
    }
    assertThat(fast.answeredFast).hasValue(0);
  }

  /// The next header block has to tell of it (RFC 7541 §4.2), or the client's decoder fails.
  @Test
  void aHitTellsOfASmallerHeaderTable() throws IOException {
    try (RawHttp2Client client =
        RawHttp2Client.open(fast.port, RawHttp2Client.HEADER_TABLE_SIZE, 100)) {
      assertThat(client.request(1, get("/hit")).flush().response(1).body()).isEqualTo("a hit");
      client.frame(SETTINGS, 0, 0, RawHttp2Client.settings(RawHttp2Client.HEADER_TABLE_SIZE, 0));
      client.flush().await(frame -> frame.type() == SETTINGS && frame.has(ACK));
      client.headerTable(0);
      // The first is written first, though the second is refused meanwhile.
      client.request(3, get("/hit"));
      client.request(5, get("/hit", manyFields()));
      client.flush();
      assertThat(client.response(3).body()).isEqualTo("a hit");
      assertThat(client.response(5).status()).isEqualTo("431");
    }
    Awaitility.await().untilAsserted(() -> assertThat(fast.answeredFast).hasValue(2));
  }

  private static String[] manyFields() {
    return IntStream.range(0, 400).mapToObj(i -> "x" + i / 2).toArray(String[]::new);
  }

  /// The connection's window is 65,535 bytes, and nobody opens it before all have been asked for.
  @Test
  void hitsFillTheConnectionsWindowAndNoMore() throws IOException {
    int asked = 20;
    try (RawHttp2Client client = RawHttp2Client.open(fast.port)) {
      for (int i = 0; i < asked; i++) {
        client.request(1 + 2 * i, get("/tenth"));
      }
      client.flush();
      int got = 0;
      int ended = 0;
      while (got < 65_535) {
        RawHttp2Client.Frame frame = client.await(one -> one.type() == DATA);
        got += frame.payload().length;
        ended += frame.has(END_STREAM) ? 1 : 0;
      }
      assertThat(got).isEqualTo(65_535);
      client.frame(WINDOW_UPDATE, 0, 0, int32(1 << 20)).flush();
      while (ended < asked) {
        ended += client.await(one -> one.type() == DATA).has(END_STREAM) ? 1 : 0;
      }
    }
    Awaitility.await().untilAsserted(() -> assertThat(fast.answeredFast).hasValue(6));
  }

  @Test
  void hitsAndOthersInOneReadAllGetTheirOwnAnswers() throws IOException {
    List<String> pages = List.of("/hit", "/empty", "/coded", "/tenth");
    try (RawHttp2Client client = wide(1 << 24)) {
      Map<Integer, String> wanted = new HashMap<>();
      for (int i = 0; i < 100; i++) {
        String page = pages.get(i % pages.size());
        int stream = 1 + 2 * i;
        // A third takes the general path.
        client.request(stream, i % 3 == 0 ? get(page, "te", "trailers") : get(page));
        wanted.put(stream, page);
      }
      client.flush();
      Map<Integer, StringBuilder> bodies = new HashMap<>();
      Map<Integer, String> lengths = new HashMap<>();
      int ended = 0;
      while (ended < wanted.size()) {
        RawHttp2Client.Frame frame = client.await(one -> one.stream() > 0);
        if (frame.type() == HEADERS) {
          lengths.put(frame.stream(), client.decoded(frame).get("content-length").toString());
        } else {
          bodies.computeIfAbsent(frame.stream(), _ -> new StringBuilder()).append(frame.text());
        }
        ended += frame.has(END_STREAM) ? 1 : 0;
      }
      Map<String, String> content =
          Map.of("/hit", "a hit", "/empty", "", "/coded", "by coding", "/tenth", TENTH);
      wanted.forEach((stream, page) -> {
        String body = bodies.getOrDefault(stream, new StringBuilder()).toString();
        assertThat(body).isEqualTo(content.get(page));
        assertThat(lengths.get(stream)).isEqualTo(String.valueOf(body.length()));
      });
    }
  }

  /// With room for a megabyte in each stream.
  ///
  /// @param more room in all streams together
  private RawHttp2Client wide(int more) throws IOException {
    RawHttp2Client client =
        RawHttp2Client.open(fast.port, RawHttp2Client.INITIAL_WINDOW_SIZE, 1 << 20);
    client.frame(WINDOW_UPDATE, 0, 0, int32(more));
    return client;
  }

  @Test
  void aLongHitComesInSeveralFrames() throws IOException {
    try (RawHttp2Client client = wide(1 << 20)) {
      assertThat(client.request(1, get("/big")).flush().response(1).body()).hasSize(BIG);
    }
    Awaitility.await().untilAsserted(() -> assertThat(fast.answeredFast).hasValue(1));
  }

  @Test
  void manyLongHitsOfOneReadAreAllAnsweredFast() throws IOException {
    try (RawHttp2Client client = wide(1 << 20)) {
      for (int i = 0; i < 40; i++) {
        client.request(1 + 2 * i, get("/tenth"));
      }
      client.flush();
      int ended = 0;
      while (ended < 40) {
        ended += client.await(frame -> frame.type() == DATA).has(END_STREAM) ? 1 : 0;
      }
    }
    Awaitility.await().untilAsserted(() -> assertThat(fast.answeredFast).hasValue(40));
  }

  @Test
  void aHitMayBePaddedHaveAPriorityAndComeInPieces() throws IOException {
    byte[] block = get("/hit");
    byte[] paddedWithPriority = new byte[block.length + 9];
    paddedWithPriority[0] = 3; // bytes of padding, behind the block
    paddedWithPriority[5] = 15; // the weight, behind the stream it depends on
    System.arraycopy(block, 0, paddedWithPriority, 6, block.length);
    try (RawHttp2Client client = RawHttp2Client.open(fast.port)) {
      client.frame(HEADERS, END_HEADERS | END_STREAM | PADDED | PRIORITIZED, 1, paddedWithPriority);
      assertThat(client.flush().response(1).body()).isEqualTo("a hit");
      client.frame(HEADERS, END_STREAM, 3, Arrays.copyOf(block, 10));
      client.frame(CONTINUATION, END_HEADERS, 3, Arrays.copyOfRange(block, 10, block.length));
      assertThat(client.flush().response(3).body()).isEqualTo("a hit");
    }
    Awaitility.await().untilAsserted(() -> assertThat(fast.answeredFast).hasValue(2));
  }

  /// What is written behind the acknowledgement has to keep to what it acknowledges (RFC 9113
  /// §6.5.3).
  @Test
  void hitsComeBeforeTheWordThatLaterSettingsAreKeptTo() throws IOException {
    for (int setting :
        new int[] {RawHttp2Client.INITIAL_WINDOW_SIZE, RawHttp2Client.HEADER_TABLE_SIZE}) {
      try (RawHttp2Client client = RawHttp2Client.open(fast.port)) {
        client.request(1, get("/hit"));
        client.frame(SETTINGS, 0, 0, RawHttp2Client.settings(setting, 0)).flush();
        RawHttp2Client.Frame first =
            client.await(frame -> frame.has(END_STREAM) || frame.type() == SETTINGS);
        assertThat(first.type()).isEqualTo(DATA);
        client.await(frame -> frame.type() == SETTINGS && frame.has(ACK));
      }
    }
    Awaitility.await().untilAsserted(() -> assertThat(fast.answeredFast).hasValue(2));
  }

  @Test
  void rapidResetsOfAnsweredStreamsEndTheConnection() throws IOException {
    try (RawHttp2Client client = RawHttp2Client.open(fast.port)) {
      for (int stream = 1; stream < 600; stream += 2) {
        client.request(stream, get("/hit")).frame(RST_STREAM, 0, stream, int32(8));
      }
      client.flushIfOpen();
      assertThat(client.goneWith()).contains((int) Http2Error.ENHANCE_YOUR_CALM.code());
    }
  }

  /// Whether something stays under way, since nobody reads it.
  private boolean isStuck() throws InterruptedException {
    for (int i = 0; i < 30; i++) {
      Thread.sleep(10);
      if (fast.proxy.figures().exchangesUnderWay() == 0) {
        return false;
      }
    }
    return true;
  }

  /// It asks for more than the kernel takes: some answers are under way when the stop comes.
  @Test
  void aStopLetsASlowClientHaveItsHits() throws Exception {
    try (RawHttp2Client client = wide(1 << 30)) {
      int stream = 1;
      while (!isStuck()) {
        for (int i = 0; i < 20; i++, stream += 2) {
          client.request(stream, get("/tenth"));
        }
        client.flush();
      }
      CompletableFuture<Integer> stopped = new CompletableFuture<>();
      Thread.startVirtualThread(() -> {
        try {
          stopped.complete(fast.proxy.stop(Duration.ofSeconds(20)));
        } catch (IOException e) {
          stopped.completeExceptionally(e);
        }
      });
      // Longer than a connection is given that has nothing under way.
      Thread.sleep(1_500);
      assertThat(stopped).isNotDone();
      Set<Integer> begun = new HashSet<>();
      Set<Integer> ended = new HashSet<>();
      int lastSeen = 0;
      for (Optional<RawHttp2Client.Frame> next = client.next();
          next.isPresent();
          next = client.next()) {
        RawHttp2Client.Frame frame = next.get();
        switch (frame.type()) {
          case HEADERS -> begun.add(frame.stream());
          case GOAWAY -> lastSeen = frame.lastStream();
          default -> {}
        }
        if (frame.has(END_STREAM) && frame.stream() > 0) {
          ended.add(frame.stream());
        }
      }
      assertThat(ended).isEqualTo(begun).hasSize(stream / 2);
      assertThat(lastSeen).isEqualTo(stream - 2);
      assertThat(stopped.get()).isZero();
    }
  }
}
