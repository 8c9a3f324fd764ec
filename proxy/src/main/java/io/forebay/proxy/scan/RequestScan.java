package io.forebay.proxy.scan;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.forebay.http.HttpFields;

/// One look at the bytes of an HTTP/1.1 request: where its head ends, and whether it is *plain*, a
/// GET or HEAD of which nothing but its method, target, `Host` and `Accept-Encoding` can matter for
/// the answer when that is a fresh page.
///
/// It is stricter than any codec: lines end in CRLF, names are tokens, there are no control
/// characters and no folds. So what it takes for one request, nobody takes for two.
///
/// Used again for each request, by one thread. What the methods tell is of the last [#scan].
public final class RequestScan extends HeadBytes {

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

  private static final byte[] VERSION = " HTTP/1.1\r\n".getBytes(ISO_8859_1);
  private static final String OUR_NAME = "forebay";

  private final int maxHeadBytes;

  private int end;
  private boolean isHead;
  private boolean isPlain;
  private boolean isForwardable;
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
    isForwardable = true;
    isCertain = true;
    hosts = 0;
    encodings = 0;
    lengths = 0;
    contentLength = 0;
    int at = requestLine(from);
    at = at >= 0 ? fieldLines(at) : at;
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

  /// Whether it is a GET without content, by a client that keeps the connection and takes no
  /// trailers, of which nothing but what every request has must be changed before it is sent on.
  /// All plain GETs are.
  public boolean isForwardable() {
    return isForwardable && !isHead && hosts == 1 && lengths == 0;
  }

  /// Bytes of content behind the head.
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

  /// All field lines of the last head.
  public HttpFields fields() {
    return fields(targetTo + VERSION.length);
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
      refuseIf(in[at] == '#', true);
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
    refuseIf(in[targetFrom] != '/', true);
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
    isForwardable = isGet;
    isCertain = !isNamed(from, length, "connect");
  }

  // ---- fields

  /// Takes note of what may matter. Whatever is not named here does not, for a fresh page.
  @Override
  void note(int from, int colon, int to) {
    int length = colon - from;
    switch (length) {
      case 2 -> refuseIf(isNamed(from, length, "te"), true);
      case 3 -> refuseIf(isNamed(from, length, "via") && speaksOfUs(colon + 1, to));
      case 4 -> {
        if (isNamed(from, length, "host")) {
          hosts++;
          hostFrom = trimmedFrom(colon + 1, to);
          hostTo = trimmedTo(hostFrom, to);
        }
      }
      case 5 -> refuseIf(isNamed(from, length, "range"));
      case 6 -> {
        refuseIf(isNamed(from, length, "expect"), true);
        refuseIf(isNamed(from, length, "pragma"));
      }
      case 7 -> isCertain &= !isNamed(from, length, "upgrade");
      case 8 ->
          refuseIf(
              isNamed(from, length, "if-match")
                  || isNamed(from, length, "if-range")
                  || (isNamed(from, length, "cdn-loop") && speaksOfUs(colon + 1, to)));
      case 9 -> refuseIf(isNamed(from, length, "forwarded") || isNamed(from, length, "x-real-ip"));
      case 10 ->
          refuseIf(
              isNamed(from, length, "connection") && !isValue(colon + 1, to, "keep-alive"), true);
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

  /// @param whenForwarded whether it matters then too
  private void refuseIf(boolean matters, boolean whenForwarded) {
    isPlain &= !matters;
    isForwardable &= !(matters && whenForwarded);
  }

  private void noteFifteen(int from, int colon, int to) {
    if (isNamed(from, 15, "accept-encoding")) {
      encodings++;
      encodingFrom = trimmedFrom(colon + 1, to);
      encodingTo = trimmedTo(encodingFrom, to);
    }
    refuseIf(isNamed(from, 15, "forebay-explain"), true);
    refuseIf(isNamed(from, 15, "x-forwarded-for"));
  }

  private void noteLength(int from, int colon, int to) {
    refuseIf(isNamed(from, 14, "http2-settings"), true);
    if (!isNamed(from, 14, "content-length")) {
      // Vert.x 5.1.6 does not look at the ninth letter.
      isCertain &= !(isNamed(from, 8, "content-") && isNamed(from + 9, 5, "ength"));
      return;
    }
    contentLength = number(colon + 1, to);
    isCertain &= ++lengths == 1 && contentLength >= 0;
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
}
