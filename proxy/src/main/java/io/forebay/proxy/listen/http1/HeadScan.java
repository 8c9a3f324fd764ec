package io.forebay.proxy.listen.http1;

import io.netty.buffer.ByteBuf;
import io.netty.util.ByteProcessor;
import org.jspecify.annotations.Nullable;

/// Looks at the bytes of a request's header section, as they come, for what parsers disagree about:
/// lines folded or ended in other ways than CRLF, control characters, more than one space in the
/// request line (RFC 9112 §2.2, §3, §5.2). Used again for each request of a connection.
final class HeadScan implements ByteProcessor {

  private static final int MAX_EMPTY_LINES = 1;

  private final int maxFields;
  private int lines;
  private int emptyLines;
  private int lineLength;
  private int spaces;
  private boolean isAfterCr;
  private boolean isOver;
  private @Nullable RefusedHead fault;

  HeadScan(int maxFields) {
    this.maxFields = maxFields;
  }

  void reset() {
    lines = 0;
    emptyLines = 0;
    lineLength = 0;
    spaces = 0;
    isAfterCr = false;
    isOver = false;
    fault = null;
  }

  /// Looks at more bytes, at most to the end of the section.
  ///
  /// @return what is wrong; null if nothing is so far
  @Nullable RefusedHead look(ByteBuf bytes, int from, int length) {
    if (!isOver && fault == null) {
      bytes.forEachByte(from, length, this);
    }
    return fault;
  }

  /// Whether anything of a request has come.
  boolean hasBegun() {
    return lines > 0 || lineLength > 0 || emptyLines > 0;
  }

  @Override
  public boolean process(byte value) {
    if (isAfterCr) {
      isAfterCr = false;
      return value == '\n' ? endOfLine() : refuse(400, "a line has a bare CR (RFC 9112 §2.2)");
    }
    if (value == '\r') {
      isAfterCr = true;
      return true;
    }
    if (value >= 0 && value < ' ' && value != '\t') {
      return value == '\n'
          ? refuse(400, "a line ends with a bare LF (RFC 9112 §2.2)")
          : refuse(400, "the header section has a control character (RFC 9110 §5.5)");
    }
    if (value == ' ' || value == '\t') {
      if (lineLength == 0) {
        return refuse(400, "a line begins with whitespace (RFC 9112 §2.2, §5.2)");
      }
      if (lines == 0 && (value == '\t' || ++spaces > 2)) {
        return refuse(
            400, "the request line is not three words with one space between (RFC 9112 §3)");
      }
    }
    if (value == ':' && lineLength == 0) {
      return refuse(400, "a field has no name (RFC 9110 §5.1)");
    }
    lineLength++;
    return true;
  }

  private boolean endOfLine() {
    if (lineLength == 0) {
      if (lines == 0) {
        // Some old clients send one behind a body (RFC 9112 §2.2).
        return ++emptyLines <= MAX_EMPTY_LINES
            || refuse(400, "empty lines come before the request line (RFC 9112 §2.2)");
      }
      isOver = true;
      return false;
    }
    if (lines == 0 && spaces != 2) {
      return refuse(
          400, "the request line is not three words with one space between (RFC 9112 §3)");
    }
    lines++;
    lineLength = 0;
    return lines - 1 <= maxFields || refuse(431, "the request has too many fields");
  }

  private boolean refuse(int status, String why) {
    fault = new RefusedHead(status, why);
    return false;
  }
}
