package io.forebay.proxy;

import static io.forebay.proxy.TwinContent.pick;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/// A request that can be asked over HTTP/1.1 and over HTTP/2.
///
/// @param path as it was chosen
/// @param target the path, or an absolute form of it
/// @param lines name, colon and value of each field, `Host` first
record TwinRequest(String method, String path, String target, List<String> lines) {

  private static final List<String> HOSTS =
      List.of("example.org", "example.org", "example.org", "EXAMPLE.org:80", "b.example:8080");

  private static final List<String> HARMLESS =
      List.of(
          "User-Agent: someone",
          "Accept: */*",
          "Cookie: a=b",
          "Connection: keep-alive",
          "Via: 1.1 other",
          "X-Mark: 1",
          "X-Long: " + "x".repeat(100));

  private static final List<String> ENCODINGS =
      List.of("gzip", "gzip, br", "br,gzip", "GZIP;q=1.0", "identity", "");

  private static final List<String> WEIGHTY =
      List.of(
          "Cache-Control: no-cache",
          "Cache-Control: max-age=3",
          "Cache-Control: only-if-cached",
          "Cache-Control: max-stale",
          "Pragma: no-cache",
          "If-None-Match: \"v1\"",
          "If-None-Match: *",
          "If-Modified-Since: Sun, 01 Mar 2026 11:00:00 GMT",
          "If-Match: \"v2\"",
          "Accept-Language: de",
          "TE: trailers",
          "Forebay-Debug: 1",
          "Content-Length: 0",
          "Expect: 100-continue",
          "CDN-Loop: forebay; id=other",
          "X-Forwarded-Proto: https");

  /// @param isLast whether it may end the connection
  /// @param further fields that mean something to the routes
  static TwinRequest random(Random random, String path, boolean isLast, List<String> further) {
    String method = random.nextInt(6) == 0 ? "HEAD" : "GET";
    String target = random.nextInt(15) == 0 ? "http://example.org" + path : path;
    List<String> lines = new ArrayList<>();
    lines.add((random.nextInt(4) == 0 ? "hOST:  " : "Host: ") + pick(random, HOSTS));
    for (int i = random.nextInt(4); i > 0; i--) {
      lines.add(pick(random, HARMLESS));
    }
    if (random.nextInt(3) == 0) {
      lines.add("Accept-Encoding: " + pick(random, ENCODINGS));
    }
    if (random.nextInt(4) == 0) {
      lines.add(pick(random, WEIGHTY));
    }
    if (!further.isEmpty() && random.nextInt(3) == 0) {
      lines.add(pick(random, further));
    }
    if (isLast && random.nextInt(6) == 0) {
      lines.add("Connection: " + (random.nextBoolean() ? "close" : "keep-alive, close"));
    }
    return new TwinRequest(method, path, target, lines);
  }

  boolean isForHost(String host) {
    return lines.getFirst().contains(host);
  }

  /// Whether an answer that the origin wrote is to a request with the same mark, or without one.
  boolean isOfItsMark(TwinWorld.Answer answer) {
    return !answer.body().contains(" mark=")
        || answer.body().contains(lines.contains("X-Mark: 1") ? " mark=1 " : " mark=null ");
  }

  /// In HTTP/1.1.
  String text() {
    return method + " " + target + " HTTP/1.1\r\n" + String.join("\r\n", lines) + "\r\n\r\n";
  }

  /// In HTTP/2, where an absolute form is a `Host` beside the authority, and a connection is none
  /// of a request's business.
  byte[] block() {
    List<String> fields = new ArrayList<>();
    String host = value(lines.getFirst());
    fields.addAll(List.of(":method", method, ":scheme", "http", ":path", path));
    fields.addAll(List.of(":authority", host));
    if (!path.equals(target)) {
      fields.addAll(List.of("host", host));
    }
    for (String line : lines.subList(1, lines.size())) {
      String name = line.substring(0, line.indexOf(':')).toLowerCase(Locale.ROOT);
      if (!name.equals("connection")) {
        fields.addAll(List.of(name, value(line)));
      }
    }
    return RawHttp2Client.block(fields.toArray(String[]::new));
  }

  private static String value(String line) {
    return line.substring(line.indexOf(':') + 1).strip();
  }
}
