package io.forebay.proxy.listen;

import java.net.InetAddress;
import java.util.Optional;
import java.util.regex.Pattern;

/// A range of IP addresses: an address and how many of its first bits count, as in `10.0.0.0/8`.
///
/// @param bits 0 to 32, or to 128
public record Network(InetAddress first, int bits) {

  // No host names, which would be looked up.
  private static final Pattern FORM =
      Pattern.compile("(\\d{1,3}(?:\\.\\d{1,3}){3}|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)(/\\d{1,3})?");

  /// `10.0.0.0/8`, `::1/128`, or one address alone; empty if it is none of these.
  public static Optional<Network> parse(String text) {
    var matcher = FORM.matcher(text.strip());
    if (!matcher.matches()) {
      return Optional.empty();
    }
    return literal(matcher.group(1))
        .flatMap(address -> {
          int most = 8 * address.getAddress().length;
          int bits =
              matcher.group(2) == null ? most : Integer.parseInt(matcher.group(2).substring(1));
          return bits > most ? Optional.empty() : Optional.of(new Network(address, bits));
        });
  }

  private static Optional<InetAddress> literal(String text) {
    try {
      return Optional.of(InetAddress.ofLiteral(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /// Whether the text is an IP address; names are not looked up.
  static boolean isAddress(String text) {
    return text.indexOf('/') < 0 && FORM.matcher(text).matches() && literal(text).isPresent();
  }

  /// @param ip an address as text; anything else is in no network
  public boolean contains(String ip) {
    return literal(ip).filter(this::contains).isPresent();
  }

  private boolean contains(InetAddress address) {
    byte[] mine = first.getAddress();
    byte[] other = address.getAddress();
    if (mine.length != other.length) {
      return false;
    }
    for (int bit = 0; bit < bits; bit++) {
      int mask = 0x80 >> (bit % 8);
      if (((mine[bit / 8] ^ other[bit / 8]) & mask) != 0) {
        return false;
      }
    }
    return true;
  }

  @Override
  public String toString() {
    return first.getHostAddress() + "/" + bits;
  }
}
