package io.forebay.http.conditional;

import io.forebay.http.conditional.ByteRanges.ByteRange;
import java.util.List;
import java.util.Optional;

/// The frame around the ranges of a 206 that answers several at once: `multipart/byteranges` (RFC
/// 9110 §14.6).
///
/// @param boundary must not occur in the content: chosen at random for each answer, so that nobody
///   can put it there; 1 to 70 letters and digits
/// @param contentType the representation's `Content-Type`, repeated in each part
/// @param completeLength the representation's
public record MultipartRanges(String boundary, Optional<String> contentType, long completeLength) {

  /// Of the whole answer.
  public String contentTypeValue() {
    return "multipart/byteranges; boundary=" + boundary;
  }

  /// What stands before a range's bytes: ASCII but for the content type, which is as received.
  public String before(ByteRange range) {
    return "\r\n--"
        + boundary
        + contentType.map(type -> "\r\nContent-Type: " + type).orElse("")
        + "\r\nContent-Range: "
        + ContentRange.format(range, completeLength)
        + "\r\n\r\n";
  }

  /// What stands after the last range's bytes.
  public String end() {
    return "\r\n--" + boundary + "--\r\n";
  }

  /// Of the whole answer, in bytes.
  public long contentLength(List<ByteRange> ranges) {
    long length = end().length();
    for (ByteRange range : ranges) {
      length += before(range).length() + range.length();
    }
    return length;
  }
}
