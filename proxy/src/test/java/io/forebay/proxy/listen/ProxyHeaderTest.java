package io.forebay.proxy.listen;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.cache.testing.Mutations;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The PROXY protocol's header, from its specification.
class ProxyHeaderTest {

  private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";

  private static ByteBuf text(String text) {
    return Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
  }

  private static ByteBuf hex(String hex) {
    return Unpooled.wrappedBuffer(HexFormat.of().parseHex(hex.replace(" ", "")));
  }

  @ParameterizedTest
  @CsvSource({
    "PROXY TCP4 192.0.2.1 198.51.100.1 56324 443, 192.0.2.1",
    "PROXY TCP6 2001:db8::1 2001:db8::2 1 65535, 2001:db8::1",
    "PROXY UNKNOWN, ",
    "PROXY UNKNOWN ffff::1 whatever, "
  })
  void aLineNamesTheClient(String line, String client) {
    ByteBuf bytes = text(line + "\r\nGET /");
    assertThat(ProxyHeader.read(bytes))
        .isEqualTo(new ProxyHeader.Reading.Good(new ProxyHeader(Optional.ofNullable(client))));
    assertThat(bytes.toString(StandardCharsets.ISO_8859_1)).isEqualTo("GET /");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1\r\n",
        "PROXX",
        "proxy TCP4 192.0.2.1 198.51.100.1 1 2\r\n",
        "PROXY TCP4 192.0.2.1 198.51.100.1 1 2\n",
        "PROXY TCP4 192.0.2.1 198.51.100.1 1 99999\r\n",
        "PROXY TCP4 192.0.2 198.51.100.1 1 2\r\n",
        "PROXY TCP4 a.test 198.51.100.1 1 2\r\n",
        "PROXY TCP4 ::1 198.51.100.1 1 2\r\n",
        "PROXY TCP6 192.0.2.1 ::1 1 2\r\n",
        "PROXY TCP4  192.0.2.1 198.51.100.1 1 2\r\n",
        "PROXY TCP4 192.0.2.1 198.51.100.1 1\r\n",
        "PROXY UDP4 192.0.2.1 198.51.100.1 1 2\r\n",
      })
  void aLineOfAnotherFormIsRefused(String line) {
    assertThat(ProxyHeader.read(text(line))).isInstanceOf(ProxyHeader.Reading.Bad.class);
    assertThat(ProxyHeader.read(text("PROXY UNKNOWN " + "x".repeat(200))))
        .isInstanceOf(ProxyHeader.Reading.Bad.class);
  }

  @ParameterizedTest
  @CsvSource({
    // TCP over IPv4, then IPv6, then with TLVs behind the addresses.
    "21 11 000c c0000201 c6336401 1f90 01bb, 192.0.2.1",
    "21 21 0024 20010db8000000000000000000000001 20010db8000000000000000000000002 0001 0002,"
        + " 2001:db8:0:0:0:0:0:1",
    "21 11 0011 c0000201 c6336401 1f90 01bb 04 0002 0000, 192.0.2.1",
    // LOCAL, UNSPEC, a UNIX socket: nobody is named.
    "20 00 0000, ",
    "20 11 000c c0000201 c6336401 1f90 01bb, ",
    "21 00 0000, ",
    "21 31 0002 abcd, "
  })
  void aBinaryHeaderNamesTheClient(String rest, String client) {
    ByteBuf bytes = Unpooled.wrappedBuffer(hex(SIGNATURE + rest), text("GET /"));
    assertThat(ProxyHeader.read(bytes))
        .isEqualTo(new ProxyHeader.Reading.Good(new ProxyHeader(Optional.ofNullable(client))));
    assertThat(bytes.toString(StandardCharsets.ISO_8859_1)).isEqualTo("GET /");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "11 11 000c c0000201 c6336401 1f90 01bb",
        "22 11 000c c0000201 c6336401 1f90 01bb",
        "21 11 0008 c0000201 c6336401",
        "21 21 000c c0000201 c6336401 1f90 01bb",
        "21 11 ffff"
      })
  void aBinaryHeaderOfAnotherFormIsRefused(String rest) {
    assertThat(ProxyHeader.read(hex(SIGNATURE + rest))).isInstanceOf(ProxyHeader.Reading.Bad.class);
  }

  @Test
  void aHeaderThatIsCutShortNeedsMoreAndTakesNothing() {
    for (ByteBuf whole :
        new ByteBuf[] {
          text("PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\n"),
          hex(SIGNATURE + "21 11 000c c0000201 c6336401 1f90 01bb")
        }) {
      for (int length = 0; length < whole.readableBytes(); length++) {
        ByteBuf part = whole.slice(0, length);
        assertThat(ProxyHeader.read(part)).isInstanceOf(ProxyHeader.Reading.Incomplete.class);
        assertThat(part.readableBytes()).isEqualTo(length);
      }
    }
  }

  @Test
  void nearlyRightHeadersAreReadOrRefused() {
    run(Duration.ofMillis(500));
  }

  @Test
  @Tag("long")
  void nearlyRightHeadersAreReadOrRefusedForTenMinutes() {
    run(Duration.ofMinutes(10));
  }

  private static final List<String> HEADERS =
      List.of(
          "PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\nGET /",
          "PROXY TCP6 2001:db8::1 ::ffff:192.0.2.1 1 65535\r\nGET /",
          "PROXY UNKNOWN ffff::1 whatever\r\nGET /",
          binary("21 11 000c c0000201 c6336401 1f90 01bb"),
          binary("21 21 0024" + "20010db8".repeat(8) + "0001 0002"),
          binary("20 00 0000"),
          binary("21 11 0011 c0000201 c6336401 1f90 01bb 04 0002 0000"));

  private static final List<String> PIECES =
      List.of(
          "\r\n",
          "\n",
          " ",
          "PROXY ",
          "TCP4",
          "TCP6",
          "UNKNOWN",
          ":",
          ".",
          "%1",
          "-1",
          "65536",
          "99999999999",
          "\0",
          "\u00ff",
          "\u00ff\u00ff",
          binary("21 11 ffff"));

  private static String binary(String rest) {
    return hex(SIGNATURE + rest).toString(StandardCharsets.ISO_8859_1);
  }

  /// Nothing makes it throw; only a header that was read is taken from the bytes, and whom it names
  /// is an address.
  private static void run(Duration howLong) {
    long seed = Long.getLong("forebay.seed", System.nanoTime());
    System.out.println("ProxyHeaderTest: -Dforebay.seed=" + seed);
    Random random = new Random(seed);
    long end = System.nanoTime() + howLong.toNanos();
    int named = 0;
    while (System.nanoTime() - end < 0 || named == 0) {
      StringBuilder header = new StringBuilder(HEADERS.get(random.nextInt(HEADERS.size())));
      Mutations.mutate(header, random.nextInt(4), random, PIECES);
      ByteBuf bytes = text(header.toString());
      String about = "seed " + seed + ": " + HexFormat.of().formatHex(ByteBufUtil.getBytes(bytes));
      int length = bytes.readableBytes();
      switch (ProxyHeader.read(bytes)) {
        case ProxyHeader.Reading.Good(var read) -> {
          assertThat(bytes.readableBytes()).as(about).isLessThan(length);
          if (read.client().isPresent()) {
            named++;
            assertThat(Network.isAddress(read.client().get())).as(about).isTrue();
          }
        }
        case ProxyHeader.Reading.Incomplete(), ProxyHeader.Reading.Bad(var _) ->
            assertThat(bytes.readableBytes()).as(about).isEqualTo(length);
      }
    }
  }
}
