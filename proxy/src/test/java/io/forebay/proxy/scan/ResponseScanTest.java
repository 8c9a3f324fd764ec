package io.forebay.proxy.scan;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.proxy.VertxFields;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("StringConcatToTextBlock") // of messages every byte counts
class ResponseScanTest {

  private static final int MAX_HEAD_BYTES = 4_096;

  private final ResponseScan scan = new ResponseScan(MAX_HEAD_BYTES);

  private boolean isPlain(String response) {
    byte[] bytes = response.getBytes(ISO_8859_1);
    return scan.isPlain(bytes, bytes.length);
  }

  private static String with(String fields) {
    return "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n" + fields + "\r\n";
  }

  @Test
  void aResponseWithItsLengthIsPlain() {
    String head = "HTTP/1.1 404 Not here\r\nX-A:  b \t\r\ncontent-LENGTH: 3\r\nX-B:\r\n\r\n";
    assertThat(isPlain(head + "abc")).isTrue();
    assertThat(scan.status()).isEqualTo(404);
    assertThat(scan.contentLength()).isEqualTo(3);
    assertThat(scan.end()).isEqualTo(head.length());
    assertThat(scan.fields().lines())
        .extracting(line -> line.name() + "=" + line.value())
        .containsExactly("X-A=b", "content-LENGTH=3", "X-B=");
    assertThat(scan.isLast()).isFalse();
    assertThat(scan.hasKeepAlive()).isFalse();
  }

  @Test
  void itTellsWhetherTheConnectionStays() {
    assertThat(isPlain(with("Connection: Keep-Alive\r\nKeep-Alive: timeout=5\r\n"))).isTrue();
    assertThat(scan.isLast()).isFalse();
    assertThat(scan.hasKeepAlive()).isTrue();
    assertThat(isPlain(with("connection: close\r\n"))).isTrue();
    assertThat(scan.isLast()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 3\r\n",
        "Transfer-Encoding: chunked\r\n",
        "Upgrade: h2c\r\n",
        "Connection: X-Hop\r\n",
        "Connection: close, keep-alive\r\n",
        "X: a\r\n b\r\n",
        "X : a\r\n",
        "X: \u00e4\r\n",
        "X: a\nY: b\r\n",
        "X: a\u0000\r\n",
        ": a\r\n",
        "X\r\n"
      })
  void whatMayBeReadInAnotherWayIsNot(String field) {
    assertThat(isPlain(with(field))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.0 200 OK",
        "HTTP/1.1 103 Early Hints",
        "HTTP/1.1 101 Switching Protocols",
        "HTTP/1.1 204 No Content",
        "HTTP/1.1 304 Not Modified",
        "HTTP/1.1 600 What",
        "HTTP/1.1 20 OK",
        "HTTP/1.1 200",
        "HTTP/1.1  200 OK",
        "http/1.1 200 OK",
        "HTTP/2.0 200 OK",
        "ICY 200 OK"
      })
  void norAreOtherStatusLines(String line) {
    assertThat(isPlain(line + "\r\nContent-Length: 3\r\n\r\nabc")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-1", "+3", "3, 3", "0x3", "1234567890123456789"})
  void norIsALengthThatIsNoNumber(String length) {
    assertThat(isPlain("HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\nabc")).isFalse();
  }

  @Test
  void noPartOfAHeadIsPlain() {
    String head = with("X: y\r\n");
    for (int length = 0; length < head.length(); length++) {
      assertThat(isPlain(head.substring(0, length))).as(head.substring(0, length)).isFalse();
    }
    assertThat(isPlain(with("X: " + "y".repeat(MAX_HEAD_BYTES) + "\r\n"))).isFalse();
  }

  /// Whatever is plain is one message to Netty's decoder too, with the same head and length.
  @Test
  void nettyReadsTheSame() {
    Random random = new Random(7);
    List<String> parts =
        List.of(
            "HTTP/1.1 200 OK\r\n",
            "HTTP/1.1 500 \r\n",
            "HTTP/1.1 404 a b\r\n",
            "Content-Length: 5\r\n",
            "Content-Length: 0\r\n",
            "content-length:\t5 \r\n",
            "Transfer-Encoding: chunked\r\n",
            "Connection: close\r\n",
            "Connection: keep-alive\r\n",
            "Keep-Alive: timeout=3\r\n",
            "X-A: b\r\n",
            "X-A:\r\n",
            "Set-Cookie: a=b; Path=/\r\n",
            "\r\n",
            "hello",
            "\n",
            ":",
            " ");
    int plain = 0;
    for (int i = 0; i < 200_000; i++) {
      StringBuilder text = new StringBuilder("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n");
      for (int n = random.nextInt(6); n > 0; n--) {
        text.append(parts.get(random.nextInt(parts.size())));
      }
      if (random.nextInt(4) > 0) {
        text.append("\r\nhello");
      }
      if (random.nextInt(3) == 0) {
        text.setCharAt(random.nextInt(text.length()), (char) random.nextInt(128));
      }
      String response = text.toString();
      if (isPlain(response)) {
        plain++;
        assertNettyReads(response);
      }
    }
    assertThat(plain).isGreaterThan(20_000);
  }

  private void assertNettyReads(String response) {
    int bodyBytes = (int) Math.min(scan.contentLength(), response.length() - scan.end());
    EmbeddedChannel channel = new EmbeddedChannel(new HttpResponseDecoder());
    channel.writeInbound(
        Unpooled.copiedBuffer(response.substring(0, scan.end() + bodyBytes), ISO_8859_1));
    List<Object> read = new ArrayList<>(channel.inboundMessages());
    try {
      assertThat(read.getFirst()).as(response).isInstanceOf(HttpResponse.class);
      HttpResponse head = (HttpResponse) read.getFirst();
      assertThat(head.decoderResult().isSuccess()).as(response).isTrue();
      assertThat(head.status().code()).as(response).isEqualTo(scan.status());
      assertThat(VertxFields.of(head.headers())).as(response).isEqualTo(scan.fields());
      assertThat(HttpUtil.isKeepAlive(head)).as(response).isEqualTo(!scan.isLast());
      long messages = read.stream().filter(HttpResponse.class::isInstance).count();
      assertThat(messages).as(response).isEqualTo(1);
      boolean isWhole = bodyBytes == scan.contentLength();
      assertThat(read.getLast() instanceof LastHttpContent).as(response).isEqualTo(isWhole);
      int content =
          read.stream()
              .filter(HttpContent.class::isInstance)
              .mapToInt(part -> ((HttpContent) part).content().readableBytes())
              .sum();
      assertThat(content).as(response).isEqualTo(bodyBytes);
    } finally {
      read.forEach(ReferenceCountUtil::release);
      var _ = channel.close();
    }
  }
}
