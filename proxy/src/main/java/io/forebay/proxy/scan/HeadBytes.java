package io.forebay.proxy.scan;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.forebay.http.FieldSyntax;
import io.forebay.http.HttpFields;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// The bytes of an HTTP/1.1 head, and how its lines are read: more strictly than any codec does.
/// They end in CRLF, names are tokens, there are no control characters and no folds.
abstract sealed class HeadBytes permits RequestScan, ResponseScan {

  // In place of a position: the bytes end too early; they are not what is taken here.
  static final int MORE = -1;
  static final int ODD = -2;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long EACH_BYTE = 0x0101010101010101L;
  private static final long HIGH_BITS = 0x8080808080808080L;

  static final boolean[] IS_TOKEN = new boolean[256];

  static {
    for (char c = 0; c < IS_TOKEN.length; c++) {
      IS_TOKEN[c] = FieldSyntax.isTokenCharacter(c);
    }
  }

  byte[] in = {};
  int limit;

  /// Takes note of a field line.
  ///
  /// @param from where its name begins
  /// @param colon where that ends
  /// @param to where the line ends
  abstract void note(int from, int colon, int to);

  /// A part of the bytes, one `char` each.
  public String text(int from, int to) {
    return new String(in, from, to - from, ISO_8859_1);
  }

  /// The field lines from `from` to the empty line, which were read before.
  HttpFields fields(int from) {
    HttpFields.Builder fields = HttpFields.builder();
    int at = from;
    while (in[at] != '\r') {
      int colon = at;
      while (in[colon] != ':') {
        colon++;
      }
      int to = firstControl(colon + 1);
      int first = trimmedFrom(colon + 1, to);
      fields.add(text(at, colon), text(first, trimmedTo(first, to)));
      at = to + 2;
    }
    return fields.build();
  }

  // ---- lines; each method tells the position behind what it read, or MORE, or ODD

  /// All field lines, and the empty one.
  int fieldLines(int from) {
    int at = from;
    while (at >= 0 && !(at < limit && in[at] == '\r')) {
      at = at < limit ? field(at) : MORE;
    }
    return at >= 0 ? afterLine(at) : at;
  }

  private int field(int from) {
    int colon = from;
    while (colon < limit && IS_TOKEN[in[colon] & 0xff]) {
      colon++;
    }
    if (colon == limit) {
      return MORE;
    }
    if (in[colon] != ':' || colon == from) {
      return ODD;
    }
    int valueTo = firstControl(colon + 1);
    if (valueTo == limit) {
      return MORE;
    }
    int next = afterLine(valueTo);
    if (next > 0) {
      note(from, colon, valueTo);
    }
    return next;
  }

  /// Behind the CRLF at `at`.
  int afterLine(int at) {
    if (in[at] != '\r') {
      return ODD;
    }
    if (at + 1 == limit) {
      return MORE;
    }
    return in[at + 1] == '\n' ? at + 2 : ODD;
  }

  /// The first control character but a tab; the limit if there is none. Eight bytes at a time: one
  /// below 0x20 borrows when 0x20 is taken from it, one that is 0x7f becomes zero and borrows when
  /// 1 is, and the lowest of those found is exact.
  int firstControl(int from) {
    int at = from;
    while (true) {
      while (at + Long.BYTES <= limit) {
        long eight = (long) LONGS.get(in, at);
        long delete = eight ^ (0x7f * EACH_BYTE);
        long found =
            (((eight - 0x20 * EACH_BYTE) & ~eight) | ((delete - EACH_BYTE) & ~delete)) & HIGH_BITS;
        if (found != 0) {
          at += Long.numberOfTrailingZeros(found) >>> 3;
          break;
        }
        at += Long.BYTES;
      }
      while (at < limit && !isControl(in[at])) {
        at++;
      }
      if (at == limit || in[at] != '\t') {
        return at;
      }
      at++;
    }
  }

  /// Whether all bytes between are ASCII.
  boolean isAscii(int from, int to) {
    int at = from;
    long all = 0;
    for (; at + Long.BYTES <= to; at += Long.BYTES) {
      all |= (long) LONGS.get(in, at);
    }
    for (; at < to; at++) {
      all |= in[at];
    }
    return (all & HIGH_BITS) == 0;
  }

  private static boolean isControl(byte b) {
    return (b >= 0 && b < ' ') || b == 0x7f;
  }

  // ---- parts of lines

  /// @param name in lower case
  boolean isNamed(int from, int length, String name) {
    if (length != name.length()) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      // Turns letters into lower case, and leaves the hyphen as it is.
      if ((in[from + i] | 0x20) != name.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  boolean isValue(int from, int to, String value) {
    int first = trimmedFrom(from, to);
    return isNamed(first, trimmedTo(first, to) - first, value);
  }

  /// A value that is a number of up to 18 digits; less than zero if it is not.
  long number(int from, int to) {
    int first = trimmedFrom(from, to);
    int last = trimmedTo(first, to);
    if (first == last || last - first > 18) {
      return -1;
    }
    long number = 0;
    for (int i = first; i < last; i++) {
      if (in[i] < '0' || in[i] > '9') {
        return -1;
      }
      number = 10 * number + (in[i] - '0');
    }
    return number;
  }

  int trimmedFrom(int from, int to) {
    int at = from;
    while (at < to && (in[at] == ' ' || in[at] == '\t')) {
      at++;
    }
    return at;
  }

  int trimmedTo(int from, int to) {
    int at = to;
    while (at > from && (in[at - 1] == ' ' || in[at - 1] == '\t')) {
      at--;
    }
    return at;
  }
}
