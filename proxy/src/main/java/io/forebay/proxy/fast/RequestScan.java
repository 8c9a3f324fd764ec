package io.forebay.proxy.fast;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.forebay.http.HttpFields;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// One look at the bytes of an HTTP/1.1 request: where its head ends, and whether it is *plain*, a
/// GET or HEAD of which nothing but its method, target, `Host` and `Accept-Encoding` can matter for
/// the answer when that is a fresh page.
///
/// It is stricter than any codec: lines end in CRLF, names are tokens, there are no control
/// characters and no folds. So what it takes for one request, nobody takes for two.
///
/// Used again for each request, by one thread. What the methods tell is of the last [#scan].
public final class RequestScan {

  /// What the bytes are.
  public enum Verdict {
    /// The whole of a plain request.
    PLAIN,
    /// The head of another request, whose end is certain; [#contentLength] bytes follow it.
    OTHER,
    /// The beginning of a head, as far as can be seen.
    INCOMPLETE,
    /// Something whose end is not certain.
    UNCERTAIN
  }

  // In place of a position: the bytes end too early; they are not what is taken here.
  private static final int MORE = -1;
  private static final int ODD = -2;

  private static final byte[] VERSION = " HTTP/1.1\r\n".getBytes(ISO_8859_1);
  private static final String OUR_NAME = "forebay";

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long EACH_BYTE = 0x0101010101010101L;
  private static final long HIGH_BITS = 0x8080808080808080L;

  private static final boolean[] IS_TOKEN = new boolean[256];

  static {
    for (char c = '!'; c <= '~'; c++) {
      IS_TOKEN[c] = "\"(),/:;<=>?@[\\]{}".indexOf(c) < 0;
    }
  }

  private final int maxHeadBytes;

  private byte[] in = {};
  private int limit;
  private int end;
  private boolean isHead;
  private boolean isPlain;
  private boolean isCertain;
  private int targetFrom;
  private int targetTo;
  private int hosts;
  private int hostFrom;
  private int hostTo;
  private int encodings;
  private int encodingFrom;
  private int encodingTo;
  private int lengths;
  private long contentLength;

  /// @param maxHeadBytes a longer head is uncertain: the codec may refuse it
  public RequestScan(int maxHeadBytes) {
    this.maxHeadBytes = maxHeadBytes;
  }

  /// Looks at the bytes from `from` to `to`. They must not change until the next scan.
  public Verdict scan(byte[] bytes, int from, int to) {
    in = bytes;
    limit = Math.min(to, from + maxHeadBytes);
    isPlain = true;
    isCertain = true;
    hosts = 0;
    encodings = 0;
    lengths = 0;
    contentLength = 0;
    int at = requestLine(from);
    while (at >= 0 && !(at < limit && in[at] == '\r')) {
      at = at < limit ? field(at) : MORE;
    }
    if (at >= 0) {
      at = afterLine(at);
    }
    if (at == MORE) {
      return limit - from < maxHeadBytes ? Verdict.INCOMPLETE : Verdict.UNCERTAIN;
    }
    if (at == ODD || !isCertain) {
      return Verdict.UNCERTAIN;
    }
    end = at;
    return isPlain && hosts == 1 && encodings <= 1 && lengths == 0 ? Verdict.PLAIN : Verdict.OTHER;
  }

  /// Where the head ends.
  public int end() {
    return end;
  }

  public boolean isHead() {
    return isHead;
  }

  /// Bytes of content behind the head; of any request but a plain one.
  public long contentLength() {
    return contentLength;
  }

  public byte[] bytes() {
    return in;
  }

  public int targetFrom() {
    return targetFrom;
  }

  public int targetTo() {
    return targetTo;
  }

  public int hostFrom() {
    return hostFrom;
  }

  public int hostTo() {
    return hostTo;
  }

  public boolean hasAcceptEncoding() {
    return encodings > 0;
  }

  public int acceptEncodingFrom() {
    return encodingFrom;
  }

  public int acceptEncodingTo() {
    return encodingTo;
  }

  /// A part of the bytes, one `char` each.
  public String text(int from, int to) {
    return new String(in, from, to - from, ISO_8859_1);
  }

  /// All field lines of a plain request.
  public HttpFields fields() {
    HttpFields.Builder fields = HttpFields.builder();
    int at = targetTo + VERSION.length;
    while (in[at] != '\r') {
      int colon = at;
      while (in[colon] != ':') {
        colon++;
      }
      int to = firstControl(colon + 1);
      int from = trimmedFrom(colon + 1, to);
      fields.add(text(at, colon), text(from, trimmedTo(from, to)));
      at = to + 2;
    }
    return fields.build();
  }

  // ---- lines; each method tells the position behind what it read, or MORE, or ODD

  private int requestLine(int from) {
    int at = from;
    while (at < limit && IS_TOKEN[in[at] & 0xff]) {
      at++;
    }
    if (at == limit) {
      return MORE;
    }
    if (in[at] != ' ' || at == from) {
      return ODD;
    }
    method(from, at);
    targetFrom = at + 1;
    at = targetFrom;
    // Bytes above 0x7f are negative.
    while (at < limit && in[at] > ' ' && in[at] != 0x7f) {
      isPlain &= in[at] != '#';
      at++;
    }
    targetTo = at;
    if (at < limit && at == targetFrom) {
      return ODD;
    }
    for (byte wanted : VERSION) {
      if (at == limit) {
        return MORE;
      }
      if (in[at++] != wanted) {
        return ODD;
      }
    }
    isPlain &= in[targetFrom] == '/';
    return at;
  }

  private void method(int from, int to) {
    int length = to - from;
    boolean isGet = length == 3 && in[from] == 'G' && in[from + 1] == 'E' && in[from + 2] == 'T';
    isHead =
        length == 4
            && in[from] == 'H'
            && in[from + 1] == 'E'
            && in[from + 2] == 'A'
            && in[from + 3] == 'D';
    isPlain = isGet || isHead;
    isCertain = !isNamed(from, length, "connect");
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
  private int afterLine(int at) {
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
  private int firstControl(int from) {
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

  private static boolean isControl(byte b) {
    return (b >= 0 && b < ' ') || b == 0x7f;
  }

  // ---- fields

  /// Takes note of what may matter. Whatever is not named here does not, for a fresh page.
  private void note(int from, int colon, int to) {
    int length = colon - from;
    switch (length) {
      case 2 -> refuseIf(isNamed(from, length, "te"));
      case 3 -> refuseIf(isNamed(from, length, "via") && speaksOfUs(colon + 1, to));
      case 4 -> {
        if (isNamed(from, length, "host")) {
          hosts++;
          hostFrom = trimmedFrom(colon + 1, to);
          hostTo = trimmedTo(hostFrom, to);
        }
      }
      case 5 -> refuseIf(isNamed(from, length, "range"));
      case 6 -> refuseIf(isNamed(from, length, "expect") || isNamed(from, length, "pragma"));
      case 7 -> isCertain &= !isNamed(from, length, "upgrade");
      case 8 ->
          refuseIf(
              isNamed(from, length, "if-match")
                  || isNamed(from, length, "if-range")
                  || (isNamed(from, length, "cdn-loop") && speaksOfUs(colon + 1, to)));
      case 9 -> refuseIf(isNamed(from, length, "forwarded") || isNamed(from, length, "x-real-ip"));
      case 10 ->
          refuseIf(isNamed(from, length, "connection") && !isValue(colon + 1, to, "keep-alive"));
      case 12 -> refuseIf(isNamed(from, length, "fastly-debug"));
      case 13 ->
          refuseIf(
              isNamed(from, length, "cache-control")
                  || isNamed(from, length, "if-none-match")
                  || isNamed(from, length, "authorization")
                  || isNamed(from, length, "forebay-debug"));
      case 14 -> noteLength(from, colon, to);
      case 15 -> noteFifteen(from, colon, to);
      case 16 -> refuseIf(isNamed(from, length, "x-forwarded-host"));
      case 17 -> {
        isCertain &= !isNamed(from, length, "transfer-encoding");
        refuseIf(
            isNamed(from, length, "if-modified-since")
                || isNamed(from, length, "x-forwarded-proto"));
      }
      case 19 -> refuseIf(isNamed(from, length, "if-unmodified-since"));
      default -> {}
    }
  }

  private void refuseIf(boolean matters) {
    isPlain &= !matters;
  }

  private void noteFifteen(int from, int colon, int to) {
    if (isNamed(from, 15, "accept-encoding")) {
      encodings++;
      encodingFrom = trimmedFrom(colon + 1, to);
      encodingTo = trimmedTo(encodingFrom, to);
    }
    refuseIf(isNamed(from, 15, "forebay-explain") || isNamed(from, 15, "x-forwarded-for"));
  }

  private void noteLength(int from, int colon, int to) {
    refuseIf(isNamed(from, 14, "http2-settings"));
    if (!isNamed(from, 14, "content-length")) {
      // Vert.x 5.1.6 does not look at the ninth letter.
      isCertain &= !(isNamed(from, 8, "content-") && isNamed(from + 9, 5, "ength"));
      return;
    }
    lengths++;
    int first = trimmedFrom(colon + 1, to);
    int last = trimmedTo(first, to);
    isCertain &= lengths == 1 && first < last && last - first <= 18;
    for (int i = first; isCertain && i < last; i++) {
      isCertain = in[i] >= '0' && in[i] <= '9';
      contentLength = 10 * contentLength + (in[i] - '0');
    }
  }

  /// @param name in lower case
  private boolean isNamed(int from, int length, String name) {
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

  private boolean isValue(int from, int to, String value) {
    int first = trimmedFrom(from, to);
    return isNamed(first, trimmedTo(first, to) - first, value);
  }

  /// Whether a list of the caches a request has passed may have us among them.
  private boolean speaksOfUs(int from, int to) {
    for (int i = from; i + OUR_NAME.length() <= to; i++) {
      if (isNamed(i, OUR_NAME.length(), OUR_NAME)) {
        return true;
      }
    }
    return false;
  }

  private int trimmedFrom(int from, int to) {
    int at = from;
    while (at < to && (in[at] == ' ' || in[at] == '\t')) {
      at++;
    }
    return at;
  }

  private int trimmedTo(int from, int to) {
    int at = to;
    while (at > from && (in[at - 1] == ' ' || in[at - 1] == '\t')) {
      at--;
    }
    return at;
  }
}
