package io.forebay.proxy.scan;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.forebay.http.HttpFields;

/// One look at the bytes of an HTTP/1.1 response head: whether it is *plain*, a final one whose
/// body is as long as one `Content-Length` says, on a connection that stays as it is. What it takes
/// for a head and its length, every codec does.
///
/// Used again for each response, by one thread. What the methods tell is of the last [#isPlain].
public final class ResponseScan extends HeadBytes {

  private static final byte[] VERSION = "HTTP/1.1 ".getBytes(ISO_8859_1);

  private final int maxHeadBytes;
  private int fieldsFrom;
  private int end;
  private int status;
  private boolean isOdd;
  private boolean isLast;
  private boolean hasKeepAlive;
  private int lengths;
  private long contentLength;

  /// @param maxHeadBytes a longer head is not plain
  public ResponseScan(int maxHeadBytes) {
    this.maxHeadBytes = maxHeadBytes;
  }

  /// Looks at the first `length` bytes, which must not change until the next look.
  public boolean isPlain(byte[] bytes, int length) {
    in = bytes;
    limit = Math.min(length, maxHeadBytes);
    isOdd = false;
    isLast = false;
    hasKeepAlive = false;
    lengths = 0;
    fieldsFrom = statusLine();
    end = fieldsFrom >= 0 ? fieldLines(fieldsFrom) : fieldsFrom;
    // Beyond ASCII codecs may differ.
    return end >= 0 && !isOdd && lengths == 1 && isAscii(0, end);
  }

  public int status() {
    return status;
  }

  public HttpFields fields() {
    return fields(fieldsFrom);
  }

  /// Where the head ends.
  public int end() {
    return end;
  }

  /// Bytes of content behind the head.
  public long contentLength() {
    return contentLength;
  }

  /// Whether the connection ends with the response.
  public boolean isLast() {
    return isLast;
  }

  /// Whether there is a field `Keep-Alive`.
  public boolean hasKeepAlive() {
    return hasKeepAlive;
  }

  private int statusLine() {
    int codeAt = VERSION.length;
    if (limit < codeAt + 4) {
      return MORE;
    }
    for (int i = 0; i < codeAt; i++) {
      if (in[i] != VERSION[i]) {
        return ODD;
      }
    }
    status = 0;
    for (int i = codeAt; i < codeAt + 3; i++) {
      if (in[i] < '0' || in[i] > '9') {
        return ODD;
      }
      status = 10 * status + (in[i] - '0');
    }
    boolean hasContent =
        switch (status) {
          case 204, 205, 304 -> false;
          default -> status >= 200 && status <= 599;
        };
    if (!hasContent || in[codeAt + 3] != ' ') {
      return ODD;
    }
    int lineEnd = firstControl(codeAt + 4);
    return lineEnd == limit ? MORE : afterLine(lineEnd);
  }

  @Override
  void note(int from, int colon, int to) {
    int length = colon - from;
    switch (length) {
      case 7 -> isOdd |= isNamed(from, length, "upgrade");
      case 10 -> {
        if (isNamed(from, length, "connection")) {
          boolean closes = isValue(colon + 1, to, "close");
          isLast |= closes;
          isOdd |= !closes && !isValue(colon + 1, to, "keep-alive");
        }
        hasKeepAlive |= isNamed(from, length, "keep-alive");
      }
      case 14 -> {
        if (isNamed(from, length, "content-length")) {
          lengths++;
          contentLength = number(colon + 1, to);
          isOdd |= contentLength < 0;
        }
      }
      case 17 -> isOdd |= isNamed(from, length, "transfer-encoding");
      default -> {}
    }
  }
}
