package io.forebay.proxy.listen;

import io.netty.buffer.ByteBuf;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The header that the PROXY protocol puts before a connection's first byte, version 1 (a line of
/// text) or 2 (binary): <https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt>.
///
/// @param client IP address of the client; empty when the proxy speaks for itself (health checks),
///   or does not know it
public record ProxyHeader(Optional<String> client) {

  private static final byte[] V2_SIGNATURE = {
    0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a
  };
  private static final int V2_FIXED = 16;
  private static final int V1_MAX = 107;

  /// Addresses and a few TLVs; the protocol asks for at least 216 bytes.
  private static final int V2_MAX = 4096;

  private static final Pattern V1 =
      Pattern.compile("PROXY (?:UNKNOWN(?: .*)?|(TCP[46]) (\\S+) (\\S+) (\\d{1,5}) (\\d{1,5}))");

  /// What reading came to. Nothing is taken from the buffer but by [Good].
  public sealed interface Reading {
    record Good(ProxyHeader header) implements Reading {}

    /// More bytes are needed.
    record Incomplete() implements Reading {}

    record Bad(String why) implements Reading {}
  }

  private static final Reading INCOMPLETE = new Reading.Incomplete();

  /// Reads the header from the buffer's beginning, and skips it.
  public static Reading read(ByteBuf in) {
    int compared = Math.min(in.readableBytes(), V2_SIGNATURE.length);
    for (int i = 0; i < compared; i++) {
      if (in.getByte(in.readerIndex() + i) != V2_SIGNATURE[i]) {
        return readText(in);
      }
    }
    return compared < V2_SIGNATURE.length ? INCOMPLETE : readBinary(in);
  }

  private static Reading readText(ByteBuf in) {
    int searched = Math.min(in.readableBytes(), V1_MAX);
    int end = in.indexOf(in.readerIndex(), in.readerIndex() + searched, (byte) '\n');
    String begun =
        in.toString(in.readerIndex(), Math.min(searched, 6), StandardCharsets.ISO_8859_1);
    if (!"PROXY ".startsWith(begun)) {
      return new Reading.Bad("the connection does not begin with the PROXY protocol's header");
    }
    if (end < 0) {
      return searched == V1_MAX ? new Reading.Bad("the header's line is too long") : INCOMPLETE;
    }
    int length = end - in.readerIndex();
    String line = in.toString(in.readerIndex(), length, StandardCharsets.ISO_8859_1);
    if (!line.endsWith("\r")) {
      return new Reading.Bad("the header's line does not end with CRLF");
    }
    Matcher matcher = V1.matcher(line.substring(0, line.length() - 1));
    if (!matcher.matches()) {
      return new Reading.Bad("the header's line is malformed");
    }
    Optional<String> client = Optional.empty();
    if (matcher.group(1) != null) {
      boolean isV6 = matcher.group(1).equals("TCP6");
      if (!isAddress(matcher.group(2), isV6)
          || !isAddress(matcher.group(3), isV6)
          || !isPort(matcher.group(4))
          || !isPort(matcher.group(5))) {
        return new Reading.Bad("the header's addresses are malformed");
      }
      client = Optional.of(matcher.group(2));
    }
    in.skipBytes(length + 1);
    return new Reading.Good(new ProxyHeader(client));
  }

  private static boolean isAddress(String text, boolean isV6) {
    return Network.isAddress(text) && (text.indexOf(':') >= 0) == isV6;
  }

  private static boolean isPort(String digits) {
    return Integer.parseInt(digits) <= 65_535;
  }

  private static Reading readBinary(ByteBuf in) {
    if (in.readableBytes() < V2_FIXED) {
      return INCOMPLETE;
    }
    int at = in.readerIndex();
    int versionAndCommand = in.getUnsignedByte(at + 12);
    int family = in.getUnsignedByte(at + 13);
    int length = in.getUnsignedShort(at + 14);
    if (versionAndCommand >> 4 != 2) {
      return new Reading.Bad("the header's version is not known");
    }
    if (length > V2_MAX) {
      return new Reading.Bad("the header is too long");
    }
    if (in.readableBytes() < V2_FIXED + length) {
      return INCOMPLETE;
    }
    Optional<String> client = Optional.empty();
    switch (versionAndCommand & 0xf) {
      case 0 -> {
        // LOCAL: whatever addresses it has are to be ignored.
      }
      case 1 -> {
        // PROXY, for a stream over IPv4 or IPv6; of other families the address says nothing to us.
        int addressBytes = family == 0x11 ? 4 : family == 0x21 ? 16 : 0;
        if (length < 2 * addressBytes + (addressBytes == 0 ? 0 : 4)) {
          return new Reading.Bad("the header's addresses are cut short");
        }
        if (addressBytes > 0) {
          byte[] address = new byte[addressBytes];
          in.getBytes(at + V2_FIXED, address);
          client = Optional.of(text(address));
        }
      }
      default -> {
        return new Reading.Bad("the header's command is not known");
      }
    }
    in.skipBytes(V2_FIXED + length);
    return new Reading.Good(new ProxyHeader(client));
  }

  private static String text(byte[] address) {
    try {
      return InetAddress.getByAddress(address).getHostAddress();
    } catch (UnknownHostException e) {
      throw new IllegalStateException("4 and 16 bytes are addresses", e);
    }
  }
}
