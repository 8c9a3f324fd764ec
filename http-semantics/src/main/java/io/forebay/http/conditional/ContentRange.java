package io.forebay.http.conditional;

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
    return io.forebay.http.Sketch.notYet("ContentRange");
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
