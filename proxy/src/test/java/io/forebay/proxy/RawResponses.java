package io.forebay.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Optional;

/// Reads one response after another from a connection, byte-exact.
final class RawResponses {

  private final InputStream in;

  RawResponses(InputStream in) {
    this.in = in;
  }

  /// A response as it came.
  record Raw(String head, String body) {

    int status() {
      return Integer.parseInt(head.substring(9, 12));
    }

    /// The value of the last line of that name.
    Optional<String> field(String name) {
      return head.lines()
          .filter(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
          .map(line -> line.substring(name.length() + 1).strip())
          .reduce((_, last) -> last);
    }

    boolean isLast() {
      return field("Connection").filter("close"::equalsIgnoreCase).isPresent();
    }
  }

  /// The next final response; interim ones are passed over. Empty when the connection ends first.
  Optional<Raw> next(String method) throws IOException {
    Optional<String> head = upToEmptyLine();
    while (head.isPresent() && head.get().startsWith("HTTP/1.1 1")) {
      head = upToEmptyLine();
    }
    return head.isEmpty() ? Optional.empty() : Optional.of(withBody(method, head.get()));
  }

  private Raw withBody(String method, String head) throws IOException {
    Raw bare = new Raw(head, "");
    if (method.equals("HEAD") || bare.status() == 204 || bare.status() == 304) {
      return bare;
    }
    if (head.toLowerCase(Locale.ROOT).contains("transfer-encoding: chunked")) {
      return new Raw(head, chunks());
    }
    Optional<Integer> length = bare.field("Content-Length").map(Integer::parseInt);
    byte[] body = length.isPresent() ? in.readNBytes(length.get()) : in.readAllBytes();
    return new Raw(head, new String(body, ISO_8859_1));
  }

  private String chunks() throws IOException {
    StringBuilder body = new StringBuilder();
    while (true) {
      int length = Integer.parseInt(line().split(";", 2)[0].strip(), 16);
      if (length == 0) {
        while (!line().isEmpty()) {
          // Trailers.
        }
        return body.toString();
      }
      body.append(new String(in.readNBytes(length), ISO_8859_1));
      line();
    }
  }

  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
      line.write(b);
    }
    return line.toString(ISO_8859_1).stripTrailing();
  }

  private Optional<String> upToEmptyLine() throws IOException {
    StringBuilder head = new StringBuilder();
    for (int b = in.read(); b >= 0; b = in.read()) {
      head.append((char) b);
      if (b == '\n' && head.length() >= 4 && head.indexOf("\r\n\r\n", head.length() - 4) >= 0) {
        return Optional.of(head.toString());
      }
    }
    return Optional.empty();
  }
}
