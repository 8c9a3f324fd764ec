package io.forebay.proxy.tls;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

/// The blocks of PEM text (RFC 7468): `-----BEGIN label-----`, base64, `-----END label-----`.
final class PemBlock {

  private static final Pattern WHITESPACE = Pattern.compile("\\s+");

  private PemBlock() {}

  /// The bytes of every block of that label. What is no base64 is left out, so that a later parser
  /// finds nothing.
  static List<byte[]> all(String text, String label) {
    String begin = "-----BEGIN " + label + "-----";
    String end = "-----END " + label + "-----";
    List<byte[]> blocks = new ArrayList<>();
    int at = text.indexOf(begin);
    while (at >= 0) {
      int from = at + begin.length();
      int to = text.indexOf(end, from);
      if (to < 0) {
        break;
      }
      try {
        String base64 = WHITESPACE.matcher(text.substring(from, to)).replaceAll("");
        blocks.add(Base64.getDecoder().decode(base64));
      } catch (IllegalArgumentException notBase64) {
        // Such as an encrypted key of old form, which has header lines.
        at = text.indexOf(begin, to);
        continue;
      }
      at = text.indexOf(begin, to);
    }
    return blocks;
  }
}
