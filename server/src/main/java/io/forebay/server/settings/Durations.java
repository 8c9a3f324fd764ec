package io.forebay.server.settings;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/// Durations as settings write them: a whole number and a unit.
public final class Durations {

  private static final Pattern FORM = Pattern.compile("(\\d{1,12})\\s?(ms|s|m|h|d)");

  private Durations() {}

  public static Optional<Duration> parse(String text) {
    var matcher = FORM.matcher(text.strip());
    if (!matcher.matches()) {
      return Optional.empty();
    }
    long count = Long.parseLong(matcher.group(1));
    return Optional.of(
        switch (matcher.group(2)) {
          case "ms" -> Duration.ofMillis(count);
          case "s" -> Duration.ofSeconds(count);
          case "m" -> Duration.ofMinutes(count);
          case "h" -> Duration.ofHours(count);
          default -> Duration.ofDays(count);
        });
  }

  /// In the largest unit that keeps it whole; [#parse] reads it back. Below a millisecond is cut.
  public static String render(Duration duration) {
    long millis = duration.toMillis();
    if (millis == 0) {
      return "0s";
    }
    if (millis % 1000 != 0) {
      return millis + "ms";
    }
    long seconds = millis / 1000;
    if (seconds % 86_400 == 0) {
      return seconds / 86_400 + "d";
    }
    if (seconds % 3600 == 0) {
      return seconds / 3600 + "h";
    }
    return seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
  }
}
