package io.forebay.server.api;

import java.nio.charset.StandardCharsets;

/// Text beyond ASCII in header fields. The HTTP codec maps each byte to one Latin-1 character; here
/// those bytes are read as UTF-8 when they are, and written as UTF-8.
final class HeaderText {

  private HeaderText() {}

  static String decode(String latin1) {
    if (isAscii(latin1)) {
      return latin1;
    }
    return Utf8.text(latin1.getBytes(StandardCharsets.ISO_8859_1)).orElse(latin1);
  }

  static String encode(String text) {
    return isAscii(text)
        ? text
        : new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  private static boolean isAscii(String text) {
    return text.chars().allMatch(c -> c < 0x80);
  }
}
