package io.forebay.backends.memcached;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Takes answers of the meta protocol from a stream, one after the other. For one thread.
final class MetaReader {

  private static final int LONGEST_LINE = 2_048;
  private static final int LARGEST_ITEM = 1 << 30;

  private final InputStream in;
  private final byte[] line = new byte[LONGEST_LINE];

  MetaReader(InputStream in) {
    this.in = new BufferedInputStream(in, 64 << 10);
  }

  /// The next answer; waits for it.
  ///
  /// @throws IOException if the connection ends, or something comes that is no answer
  MetaAnswer next() throws IOException {
    String text = line();
    String[] words = text.split(" ", -1);
    return switch (words[0]) {
      case "HD" -> new MetaAnswer.Done(List.of(words).subList(1, words.length));
      case "VA" -> value(words);
      case "EN", "NF" -> new MetaAnswer.Missing();
      case "EX", "NS" -> new MetaAnswer.Changed();
      case "MN" -> new MetaAnswer.Awake();
      case "SERVER_ERROR" -> new MetaAnswer.Failed(text);
      default -> throw new IOException("it answered: " + shown(text));
    };
  }

  private MetaAnswer value(String[] words) throws IOException {
    int size = words.length < 2 ? -1 : size(words[1]);
    if (size < 0) {
      throw new IOException("it answered with an item of no size");
    }
    byte[] content = in.readNBytes(size);
    if (content.length < size || in.read() != '\r' || in.read() != '\n') {
      throw new EOFException("the connection ended within an item");
    }
    return new MetaAnswer.Value(content, List.of(words).subList(2, words.length));
  }

  private static int size(String digits) {
    try {
      int size = Integer.parseInt(digits);
      return size <= LARGEST_ITEM ? size : -1;
    } catch (NumberFormatException notOne) {
      return -1;
    }
  }

  /// A line as it came, without its end.
  String line() throws IOException {
    int length = 0;
    while (true) {
      int next = in.read();
      if (next < 0) {
        throw new EOFException("the connection was closed");
      }
      if (next == '\n') {
        break;
      }
      if (length == LONGEST_LINE) {
        throw new IOException("it answered with an endless line");
      }
      line[length++] = (byte) next;
    }
    int end = length > 0 && line[length - 1] == '\r' ? length - 1 : length;
    return new String(line, 0, end, StandardCharsets.US_ASCII);
  }

  private static String shown(String text) {
    return text.length() <= 100 ? text : text.substring(0, 100) + "…";
  }
}
