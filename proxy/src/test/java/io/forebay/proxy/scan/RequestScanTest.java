package io.forebay.proxy.scan;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.cache.testing.Mutations;
import io.forebay.proxy.scan.RequestScan.Verdict;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.http.Http1ServerConfig;
import io.vertx.core.http.impl.http1.VertxHttpRequestDecoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("StringConcatToTextBlock") // of messages every byte counts
class RequestScanTest {

  private static final int MAX_HEAD_BYTES = 4_096;

  private final RequestScan scan = new RequestScan(MAX_HEAD_BYTES);

  private Verdict scan(String request) {
    byte[] bytes = request.getBytes(ISO_8859_1);
    return scan.scan(bytes, 0, bytes.length);
  }

  private static String with(String fields) {
    return "GET /p HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
  }

  @Test
  void aPlainRequestIsFound() {
    assertThat(
            scan(
                "GET /a?b=c HTTP/1.1\r\n"
                    + "hOst: \t example.org:80 \r\n"
                    + "Accept-Encoding: gzip\r\n\r\n"
                    + "GET"))
        .isEqualTo(Verdict.PLAIN);
    assertThat(scan.text(scan.targetFrom(), scan.targetTo())).isEqualTo("/a?b=c");
    assertThat(scan.text(scan.hostFrom(), scan.hostTo())).isEqualTo("example.org:80");
    assertThat(scan.hasAcceptEncoding()).isTrue();
    assertThat(scan.text(scan.acceptEncodingFrom(), scan.acceptEncodingTo())).isEqualTo("gzip");
    assertThat(scan.isHead()).isFalse();
    assertThat(scan.text(scan.end(), scan.bytes().length)).isEqualTo("GET");
  }

  @Test
  void headIsPlainToo() {
    assertThat(scan("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n")).isEqualTo(Verdict.PLAIN);
    assertThat(scan.isHead()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "User-Agent: x\r\n",
        "Cookie: a=b; c=\"d\"\r\n",
        "Connection: Keep-Alive\r\n",
        "Accept: */*\r\nAccept-Language: de\r\nSec-Fetch-Site: none\r\n",
        "Via: 1.1 varnish\r\nCDN-Loop: cloudflare\r\n",
        "X: \u00fc\u0080\u00ff and a\ttab\r\n",
        "Empty:\r\n",
      })
  void whatCannotMatterIsPassedOver(String fields) {
    assertThat(scan(with(fields))).isEqualTo(Verdict.PLAIN);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Authorization: Basic x\r\n",
        "Cache-Control: max-age=60\r\n",
        "Pragma: no-cache\r\n",
        "Range: bytes=0-\r\n",
        "If-Match: \"a\"\r\n",
        "If-None-Match: *\r\n",
        "If-Modified-Since: x\r\n",
        "If-Unmodified-Since: x\r\n",
        "If-Range: x\r\n",
        "Expect: 100-continue\r\n",
        "TE: trailers\r\n",
        "Connection: close\r\n",
        "Connection: keep-alive, close\r\n",
        "Connection:\r\n",
        "Host: b\r\n",
        "Accept-Encoding: gzip\r\nAccept-Encoding: br\r\n",
        "CDN-Loop: Forebay; id=1\r\n",
        "Via: 1.1 a, 1.1 FOREBAY\r\n",
        "Forebay-Explain: 1\r\n",
        "Forebay-Debug: 1\r\n",
        "Fastly-Debug: 1\r\n",
        "Forwarded: for=1.2.3.4\r\n",
        "X-Forwarded-For: 1.2.3.4\r\n",
        "X-Forwarded-Proto: https\r\n",
        "X-Forwarded-Host: b\r\n",
        "HTTP2-Settings: x\r\n",
        "content-length: 0\r\n",
      })
  void whatMayMatterIsTheGeneralPaths(String fields) {
    assertThat(scan(with(fields))).isEqualTo(Verdict.OTHER);
    assertThat(scan.contentLength()).isZero();
    assertThat(scan.end()).isEqualTo(with(fields).length());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "POST /p HTTP/1.1\r\nHost: a\r\n\r\n",
        "get /p HTTP/1.1\r\nHost: a\r\n\r\n",
        "GETS /p HTTP/1.1\r\nHost: a\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET http://a/p HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /p#f HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /p HTTP/1.1\r\n\r\n",
      })
  void otherRequestsWithACertainEndAreTheGeneralPaths(String request) {
    assertThat(scan(request)).isEqualTo(Verdict.OTHER);
    assertThat(scan.end()).isEqualTo(request.length());
  }

  @Test
  void theLengthOfContentIsTold() {
    assertThat(scan("POST /p HTTP/1.1\r\nHost: a\r\nContent-Length:  1234 \r\n\r\nbody"))
        .isEqualTo(Verdict.OTHER);
    assertThat(scan.contentLength()).isEqualTo(1234);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /p HTTP/1.0\r\nHost: a\r\n\r\n",
        "GET  /p HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /p  HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /p HTTP/1.1 \r\nHost: a\r\n\r\n",
        "GET /p\u00fc HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /p HTTP/1.1\nHost: a\n\n",
        "GET /p HTTP/1.1\r\nHost: a\n\r\n",
        "GET /p HTTP/1.1\r\nHost: a\r\rX: b\r\n\r\n",
        "GET /p HTTP/1.1\r\nHost : a\r\n\r\n",
        "GET /p HTTP/1.1\r\n Host: a\r\n\r\n",
        "GET /p HTTP/1.1\r\nHost: a\r\n b\r\n\r\n",
        "GET /p HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n",
        "GET /p HTTP/1.1\r\nHost: a\r\nX: \u007f\r\n\r\n",
        "GET /p HTTP/1.1\r\nHost: a\r\nContent-Xength: 3\r\n\r\n",
        "GET /p HTTP/1.1\r\nHost: a\r\nX\r\n\r\n",
        "GET /p HTTP/1.1\r\nHost: a\r\n: x\r\n\r\n",
        "\r\nGET /p HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /p HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
        "GET /p HTTP/1.1\r\nHost: a\r\ntransfer-encoding: identity\r\n\r\n",
        "GET /p HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n",
        "GET /p HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\n",
        "GET /p HTTP/1.1\r\nHost: a\r\nContent-Length: 1,1\r\n\r\n",
        "GET /p HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n",
        "GET /p HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
        "GET /p HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n",
        "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
      })
  void whatCouldBeReadInTwoWaysIsUncertain(String request) {
    assertThat(scan(request)).isEqualTo(Verdict.UNCERTAIN);
  }

  @Test
  void everyBeginningOfARequestIsIncomplete() {
    String request = with("Accept-Encoding: gzip, br\r\nUser-Agent: something long enough\r\n");
    for (int length = 1; length < request.length(); length++) {
      assertThat(scan(request.substring(0, length))).isEqualTo(Verdict.INCOMPLETE);
    }
    assertThat(scan(request)).isEqualTo(Verdict.PLAIN);
  }

  @Test
  void aHeadThatIsTooLongIsUncertain() {
    String fits = with("X: " + "x".repeat(MAX_HEAD_BYTES - with("X: \r\n").length()) + "\r\n");
    assertThat(fits).hasSize(MAX_HEAD_BYTES);
    assertThat(scan(fits)).isEqualTo(Verdict.PLAIN);
    assertThat(scan(fits.replace("X: ", "X:  "))).isEqualTo(Verdict.UNCERTAIN);
    assertThat(scan(fits.replace("X: ", "X:  ").substring(0, MAX_HEAD_BYTES - 1)))
        .isEqualTo(Verdict.INCOMPLETE);
  }

  @Test
  void aRequestIsFoundWhereverItLiesInTheBytes() {
    String request = with("User-Agent: x\r\n");
    for (int before = 0; before < 20; before++) {
      byte[] bytes = ("x".repeat(before) + request + "rest").getBytes(ISO_8859_1);
      assertThat(scan.scan(bytes, before, bytes.length)).isEqualTo(Verdict.PLAIN);
      assertThat(scan.end()).isEqualTo(before + request.length());
    }
  }

  // ---- beside the codec

  private static final List<String> PIECES =
      List.of(
          "\r\n",
          "\n",
          "\r",
          ":",
          " ",
          "\t",
          ",",
          "\0",
          "\u00ff",
          "\u007f",
          "GET ",
          "/",
          "HTTP/1.1",
          "HTTP/1.0",
          "Host: a\r\n",
          "Content-Length: 3\r\n",
          "Transfer-Encoding: chunked\r\n",
          "Connection: close\r\n",
          "Range: bytes=0-\r\n",
          "Upgrade: x\r\n",
          "\r\n\r\n",
          "X: y\r\n",
          " x\r\n");

  private static final List<String> REQUESTS =
      List.of(
          with(""),
          with("Accept-Encoding: gzip\r\nUser-Agent: some one\r\nCookie: a=b\r\n"),
          "HEAD /p?q=%20 HTTP/1.1\r\nhost: b:80\r\nVia: 1.1 x\r\n\r\n",
          "POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc",
          "DELETE /p HTTP/1.1\r\nHost: a\r\nIf-Match: \"x\"\r\n\r\n",
          "POST /p HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n");

  private static String mutated(Random random) {
    StringBuilder text = new StringBuilder(REQUESTS.get(random.nextInt(REQUESTS.size())));
    if (random.nextInt(3) == 0) {
      text.append(REQUESTS.get(random.nextInt(REQUESTS.size())));
    }
    Mutations.mutate(text, random.nextInt(4), random, PIECES);
    return text.toString();
  }

  /// What the codec makes of a head that the scan is certain about is the same one request; so
  /// nothing can hide in it.
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void theCodecReadsWhatIsCertainInTheSameWay(long seed) {
    Random random = new Random(seed);
    int plain = 0;
    for (int round = 0; round < 20_000; round++) {
      String text = mutated(random);
      byte[] bytes = text.getBytes(ISO_8859_1);
      Verdict verdict = scan.scan(bytes, 0, bytes.length);
      switch (verdict) {
        case PLAIN, OTHER -> {
          plain += verdict == Verdict.PLAIN ? 1 : 0;
          assertCodecAgrees(text, verdict);
        }
        case INCOMPLETE, UNCERTAIN -> {}
      }
    }
    assertThat(plain).isGreaterThan(1_000);
  }

  private void assertCodecAgrees(String text, Verdict verdict) {
    EmbeddedChannel codec =
        new EmbeddedChannel(new VertxHttpRequestDecoder(new Http1ServerConfig()));
    codec.writeInbound(Unpooled.copiedBuffer(text.substring(0, scan.end()), ISO_8859_1));
    List<Object> read = new ArrayList<>();
    for (Object message = codec.readInbound(); message != null; message = codec.readInbound()) {
      read.add(message);
    }
    String about = "of " + text.replace("\r", "\\r").replace("\n", "\\n");
    HttpRequest request = (HttpRequest) read.getFirst();
    assertThat(request.decoderResult().cause()).as(about).isNull();
    assertThat(request.uri()).as(about).isEqualTo(scan.text(scan.targetFrom(), scan.targetTo()));
    boolean hasEnd = read.getLast() instanceof LastHttpContent;
    assertThat(hasEnd).as(about).isEqualTo(scan.contentLength() == 0);
    assertThat(read).as(about).hasSize(hasEnd ? 2 : 1);
    if (verdict == Verdict.PLAIN) {
      assertThat(request.method().name()).as(about).isEqualTo(scan.isHead() ? "HEAD" : "GET");
      assertThat(request.headers().getAll("Host"))
          .as(about)
          .containsExactly(scan.text(scan.hostFrom(), scan.hostTo()));
    }
    codec.writeInbound(
        Unpooled.wrappedBuffer(new byte[(int) Math.min(scan.contentLength(), 100_000)]));
    long content = 0;
    for (Object message = codec.readInbound(); message != null; message = codec.readInbound()) {
      content += ((HttpContent) message).content().readableBytes();
      ReferenceCountUtil.release(message);
    }
    assertThat(content).as(about).isEqualTo(Math.min(scan.contentLength(), 100_000));
    read.forEach(ReferenceCountUtil::release);
    codec.finishAndReleaseAll();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void randomBytesAreNeverPlain(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 50_000; round++) {
      byte[] bytes = new byte[random.nextInt(1, 200)];
      random.nextBytes(bytes);
      assertThat(scan.scan(bytes, 0, bytes.length)).isNotEqualTo(Verdict.PLAIN);
    }
  }
}
