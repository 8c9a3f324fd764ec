package io.forebay.http.caching;

import io.forebay.http.FieldSyntax;
import java.time.Duration;
import java.util.Optional;

/// A non-negative number of seconds (RFC 9111 §1.2.2).
public final class DeltaSeconds {

  /// What stands for every larger number: 2^31 seconds, about 68 years.
  public static final Duration LARGEST = Duration.ofSeconds(1L << 31);

  private DeltaSeconds() {}

  /// Digits alone, as many as there are; empty for anything else. Never throws.
  public static Optional<Duration> parse(String text) {
    if (text.isEmpty()) {
      return Optional.empty();
    }
    long seconds = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!FieldSyntax.isDigit(c)) {
        return Optional.empty();
      }
      seconds = Math.min(seconds * 10 + c - '0', LARGEST.toSeconds());
    }
    return Optional.of(Duration.ofSeconds(seconds));
  }

  /// Within zero and [#LARGEST].
  static Duration bounded(Duration span) {
    if (span.isNegative()) {
      return Duration.ZERO;
    }
    return span.compareTo(LARGEST) > 0 ? LARGEST : span;
  }
}
