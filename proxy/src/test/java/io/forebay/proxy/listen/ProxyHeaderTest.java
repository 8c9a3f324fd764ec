package io.forebay.proxy.listen;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Random;
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
  void noBytesMakeItThrow() {
    long seed = Long.getLong("forebay.seed", 20261125);
    Random random = new Random(seed);
    ByteBuf line = text("PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\nGET /");
    ByteBuf binary = hex(SIGNATURE + "21 11 000c c0000201 c6336401 1f90 01bb");
    for (int i = 0; i < 50_000; i++) {
      ByteBuf bytes = (random.nextBoolean() ? line : binary).copy();
      for (int j = random.nextInt(4); j > 0; j--) {
        bytes.setByte(random.nextInt(bytes.readableBytes()), random.nextInt(256));
      }
      bytes.writerIndex(bytes.readerIndex() + random.nextInt(bytes.readableBytes() + 1));
      assertThat(ProxyHeader.read(bytes)).as("seed %d", seed).isNotNull();
    }
  }
}
