package io.forebay.server.predict;

import io.forebay.server.caches.StoredValue;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What a key and its value have in common with others: classes from narrow to broad. `user:4711`
/// with 300 bytes of JSON is of `user|user:0|json|2^9`, of `user|user:0`, of `user`, and of `*`.
final class KeyClass {

  /// Everything.
  static final String ROOT = "*";

  private static final int LONGEST = 64;

  private KeyClass() {}

  /// The narrowest first, [#ROOT] last.
  static List<String> of(String key, Optional<StoredValue> value) {
    String prefix = prefix(key);
    String shape = prefix + "|" + shape(key);
    return value
        .map(known ->
            List.of(
                shape + "|" + type(known.contentType()) + "|" + size(known.length()),
                shape,
                prefix,
                ROOT))
        .orElseGet(() -> List.of(shape, prefix, ROOT));
  }

  /// What comes before the first colon, slash or dot.
  private static String prefix(String key) {
    for (int i = 0; i < key.length(); i++) {
      char c = key.charAt(i);
      if (c == ':' || c == '/' || c == '.') {
        return cut(key.substring(0, i));
      }
    }
    return shape(key);
  }

  /// Runs of digits become `0`, runs that mix digits and letters become `x`; words stay.
  static String shape(String key) {
    var shape = new StringBuilder();
    int i = 0;
    while (i < key.length() && shape.length() < LONGEST) {
      int end = i;
      boolean digits = false;
      boolean letters = false;
      while (end < key.length() && Character.isLetterOrDigit(key.charAt(end))) {
        digits |= Character.isDigit(key.charAt(end));
        letters |= !Character.isDigit(key.charAt(end));
        end++;
      }
      if (end == i) {
        shape.append(key.charAt(i));
        i++;
      } else {
        shape.append(digits ? (letters ? "x" : "0") : key, digits ? 0 : i, digits ? 1 : end);
        i = end;
      }
    }
    return cut(shape.toString());
  }

  private static String cut(String text) {
    return text.length() > LONGEST ? text.substring(0, LONGEST) : text;
  }

  private static String type(String contentType) {
    String essence = contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    return cut(essence.substring(essence.indexOf('/') + 1));
  }

  private static String size(int bytes) {
    int exponent = bytes == 0 ? 0 : 32 - Integer.numberOfLeadingZeros(bytes);
    return "2^" + (exponent + 1) / 2 * 2;
  }
}
