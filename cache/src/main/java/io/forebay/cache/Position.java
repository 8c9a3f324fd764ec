package io.forebay.cache;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A place in the invalidation log. Within an epoch, `n` is dense; positions of different epochs
/// are ordered by epoch, and a value loaded in another epoch is never trusted.
public record Position(long epoch, long n) implements Comparable<Position> {

  private static final Pattern FORM = Pattern.compile("(\\d{1,19})-(\\d{1,19})");

  @Override
  public int compareTo(Position other) {
    int byEpoch = Long.compare(epoch, other.epoch);
    return byEpoch != 0 ? byEpoch : Long.compare(n, other.n);
  }

  /// Reads what [#toString] writes of parts that are not below zero; empty if it is something else.
  public static Optional<Position> parse(String text) {
    Matcher parts = FORM.matcher(text);
    try {
      return parts.matches()
          ? Optional.of(
              new Position(Long.parseLong(parts.group(1)), Long.parseLong(parts.group(2))))
          : Optional.empty();
    } catch (NumberFormatException tooLarge) {
      return Optional.empty();
    }
  }

  /// Text form `epoch-n`.
  @Override
  public String toString() {
    return epoch + "-" + n;
  }
}
