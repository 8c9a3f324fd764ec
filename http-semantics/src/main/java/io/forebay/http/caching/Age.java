package io.forebay.http.caching;

import io.forebay.http.HttpFields;
import java.time.Duration;
import java.time.Instant;

/// Calculates ages (RFC 9111 §4.2.3).
public final class Age {

  private Age() {}

  /// The age a response had when it was received.
  ///
  /// @param requestTime when its request was sent
  /// @param responseTime when its head was received
  /// @return zero or more, at most 2^31 s
  public static Duration correctedInitial(
      HttpFields responseFields, Instant requestTime, Instant responseTime) {
    return io.forebay.http.Sketch.notYet("Age");
  }

  /// The age now.
  ///
  /// @param residentTime since it was received, on a monotonic clock
  public static Duration current(Duration correctedInitialAge, Duration residentTime) {
    return io.forebay.http.Sketch.notYet("Age");
  }

  /// As in the `Age` field: whole seconds, at most 2^31 (RFC 9111 §1.2.2).
  public static String fieldValue(Duration age) {
    return io.forebay.http.Sketch.notYet("Age");
  }
}
