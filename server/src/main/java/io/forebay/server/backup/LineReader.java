package io.forebay.server.backup;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;

/// Reads lines of bytes, each no longer than allowed.
public final class LineReader {

  private final InputStream in;
  private final long mostBytes;
  private final byte[] buffer = new byte[64 * 1024];
  private int at;
  private int end;
  private long number;

  /// What comes next.
  public sealed interface Line {

    /// @param number from 1
    /// @param bytes without the newline
    /// @param isEnded whether a newline followed
    @SuppressWarnings("ArrayRecordComponent") // lines are compared by nobody
    record Whole(long number, byte[] bytes, boolean isEnded) implements Line {}

    /// It was skipped.
    record TooLong(long number) implements Line {}

    record None() implements Line {}
  }

  /// @param mostBytes that a line may have
  public LineReader(InputStream in, long mostBytes) {
    this.in = in;
    this.mostBytes = mostBytes;
  }

  /// The next line that is not blank.
  public Line next() throws IOException {
    while (true) {
      Line line = any();
      if (!(line instanceof Line.Whole(long _, byte[] bytes, boolean _)) || !isBlank(bytes)) {
        return line;
      }
    }
  }

  private static boolean isBlank(byte[] bytes) {
    for (byte one : bytes) {
      if (one != ' ' && one != '\r' && one != '\t') {
        return false;
      }
    }
    return true;
  }

  private Line any() throws IOException {
    var bytes = new ByteArrayOutputStream();
    boolean isTooLong = false;
    boolean isAnything = false;
    while (true) {
      if (at == end && !fill()) {
        return isAnything ? line(bytes, isTooLong, false) : new Line.None();
      }
      isAnything = true;
      int stop = at;
      while (stop < end && buffer[stop] != '\n') {
        stop++;
      }
      isTooLong |= bytes.size() + (long) (stop - at) > mostBytes;
      if (isTooLong) {
        bytes = new ByteArrayOutputStream();
      } else {
        bytes.write(buffer, at, stop - at);
      }
      at = Math.min(stop + 1, end);
      if (stop < end) {
        return line(bytes, isTooLong, true);
      }
    }
  }

  private Line line(ByteArrayOutputStream bytes, boolean isTooLong, boolean isEnded) {
    number++;
    return isTooLong
        ? new Line.TooLong(number)
        : new Line.Whole(number, bytes.toByteArray(), isEnded);
  }

  private boolean fill() throws IOException {
    at = 0;
    end = Math.max(0, in.read(buffer));
    return end > 0;
  }
}
