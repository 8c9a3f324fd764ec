package io.forebay.server.api;

import java.io.ByteArrayOutputStream;
import java.util.Optional;

/// Decodes percent-encoded text (RFC 3986 §2.1), once, as UTF-8. `+` stays a plus.
final class PercentDecoding {

  private PercentDecoding() {}

  /// Empty if a `%` is not followed by two hexadecimal digits or the bytes are not UTF-8.
  static Optional<String> decode(String raw) {
    if (isPlain(raw)) {
      return Optional.of(raw);
    }
    var bytes = new ByteArrayOutputStream(raw.length());
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (c != '%') {
        bytes.write(c); // the HTTP codec hands bytes beyond ASCII over as Latin-1
        continue;
      }
      int high = i + 1 < raw.length() ? Character.digit(raw.charAt(i + 1), 16) : -1;
      int low = i + 2 < raw.length() ? Character.digit(raw.charAt(i + 2), 16) : -1;
      if (high < 0 || low < 0) {
        return Optional.empty();
      }
      bytes.write(high << 4 | low);
      i += 2;
    }
    return Utf8.text(bytes.toByteArray());
  }

  private static boolean isPlain(String raw) {
    return raw.chars().allMatch(c -> c < 0x80 && c != '%');
  }
}
