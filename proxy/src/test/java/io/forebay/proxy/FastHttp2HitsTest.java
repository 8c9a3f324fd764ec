package io.forebay.proxy;

import static io.forebay.proxy.RawHttp2Client.DATA;
import static io.forebay.proxy.RawHttp2Client.END_HEADERS;
import static io.forebay.proxy.RawHttp2Client.END_STREAM;
import static io.forebay.proxy.RawHttp2Client.HEADERS;
import static io.forebay.proxy.RawHttp2Client.block;
import static io.forebay.proxy.RawHttp2Client.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.cache.Lease;
import io.forebay.http.caching.CachePolicy;
import io.forebay.proxy.RawHttp2Client.Response;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Fresh hits of HTTP/2 that are answered on the event loop: the same as those of the general path.
class FastHttp2HitsTest {

  private static final int BIG = 100_000;
  private static final int INITIAL_WINDOW = 4;

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
      for (String path : List.of("/hit", "/empty", "/big", "/coded")) {
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
    try (RawHttp2Client client = RawHttp2Client.open(fast.port, INITIAL_WINDOW, 1_000)) {
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
    Awaitility.await().until(() -> fast.proxy.figures().exchangesUnderWay() == 0);
    assertThat(fast.answeredFast).hasValue(100);
  }
}
