package io.forebay.http.conditional;

import io.forebay.http.RequestHead;
import java.util.List;

/// Range requests for bytes (RFC 9110 §14).
public final class ByteRanges {

  private ByteRanges() {}

  /// Bytes `from` to `to`, both included; 0 ≤ from ≤ to.
  public record ByteRange(long from, long to) {
    public long length() {
      return to - from + 1;
    }

    public boolean overlaps(ByteRange other) {
      return from <= other.to && other.from <= to;
    }
  }

  /// What part of a representation answers a request.
  public sealed interface Selection {

    /// All of it: no `Range`, not a GET, an unknown unit, or a set so odd that it is ignored
    /// (§14.2).
    record Full() implements Selection {}

    /// One range: 206 with `Content-Range`.
    record Single(ByteRange range) implements Selection {}

    /// Several: 206 with `multipart/byteranges`, in the order asked for.
    record Multiple(List<ByteRange> ranges) implements Selection {}

    /// None lies within: 416 with `Content-Range: bytes */length`.
    record Unsatisfiable() implements Selection {}
  }

  /// Selects from a representation of `length` bytes.
  public static Selection select(RequestHead request, long length) {
    return io.forebay.http.Sketch.notYet("ByteRanges");
  }
}
