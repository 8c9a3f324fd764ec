package io.forebay.http.conditional;

import io.forebay.http.FieldSyntax;
import io.forebay.http.conditional.ByteRanges.ByteRange;
import java.util.Optional;
import java.util.OptionalLong;

/// `Content-Range` of bytes (RFC 9110 §14.4).
///
/// @param range absent in a 416
/// @param completeLength absent when the sender does not know it (`*`)
public record ContentRange(Optional<ByteRange> range, OptionalLong completeLength) {

  /// Empty when it is not a valid `bytes` content range. Never throws.
  public static Optional<ContentRange> parse(String value) {
    String text = FieldSyntax.trimmed(value);
    int space = text.indexOf(' ');
    int slash = text.indexOf('/');
    if (space < 0 || slash < space || !text.substring(0, space).equalsIgnoreCase("bytes")) {
      return Optional.empty();
    }
    String range = text.substring(space + 1, slash);
    String length = text.substring(slash + 1);
    OptionalLong complete = ByteRanges.position(length);
    if (complete.isEmpty() && !length.equals("*")) {
      return Optional.empty();
    }
    if (range.equals("*")) {
      return complete.isPresent()
          ? Optional.of(new ContentRange(Optional.empty(), complete))
          : Optional.empty();
    }
    return parseRange(range)
        .filter(part -> complete.isEmpty() || part.to() < complete.getAsLong())
        .map(part -> new ContentRange(Optional.of(part), complete));
  }

  private static Optional<ByteRange> parseRange(String range) {
    int dash = range.indexOf('-');
    if (dash < 0) {
      return Optional.empty();
    }
    OptionalLong from = ByteRanges.position(range.substring(0, dash));
    OptionalLong to = ByteRanges.position(range.substring(dash + 1));
    return from.isPresent() && to.isPresent() && from.getAsLong() <= to.getAsLong()
        ? Optional.of(new ByteRange(from.getAsLong(), to.getAsLong()))
        : Optional.empty();
  }

  /// Of a 206: `bytes 0-9/100`.
  public static String format(ByteRange range, long completeLength) {
    return "bytes " + range.from() + "-" + range.to() + "/" + completeLength;
  }

  /// Of a 416: `bytes */100`.
  public static String formatUnsatisfied(long completeLength) {
    return "bytes */" + completeLength;
  }
}
