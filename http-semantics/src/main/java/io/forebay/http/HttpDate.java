package io.forebay.http;

import java.time.Instant;
import java.util.Optional;

/// HTTP dates (RFC 9110 §5.6.7).
public final class HttpDate {

  private HttpDate() {}

  /// Parses all three formats leniently; empty for anything else. Never throws.
  public static Optional<Instant> parse(String value) {
    return io.forebay.http.Sketch.notYet("HttpDate");
  }

  /// The preferred format, `Sun, 06 Nov 1994 08:49:37 GMT`; parts of a second are dropped.
  public static String format(Instant instant) {
    return io.forebay.http.Sketch.notYet("HttpDate");
  }
}
