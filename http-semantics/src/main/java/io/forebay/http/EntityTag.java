package io.forebay.http;

import java.util.List;
import java.util.Optional;

/// An entity tag (RFC 9110 §8.8.3).
///
/// @param weak whether it has the `W/` prefix
/// @param opaque what stands between the quotes, byte-exact
public record EntityTag(boolean weak, String opaque) {

  /// A single entity tag, as in `ETag`; empty when it is not one. Never throws.
  public static Optional<EntityTag> parse(String value) {
    return io.forebay.http.Sketch.notYet("EntityTag");
  }

  /// The entity tags of `If-Match` or `If-None-Match`, `*` aside; what is not one is skipped.
  public static List<EntityTag> parseList(String value) {
    return io.forebay.http.Sketch.notYet("EntityTag");
  }

  /// Both are strong and the same (RFC 9110 §8.8.3.2).
  public boolean matchesStrongly(EntityTag other) {
    return !weak && !other.weak && opaque.equals(other.opaque);
  }

  /// The same, strong or weak (RFC 9110 §8.8.3.2).
  public boolean matchesWeakly(EntityTag other) {
    return opaque.equals(other.opaque);
  }

  /// As in the field: `"x"` or `W/"x"`.
  public String fieldValue() {
    return (weak ? "W/\"" : "\"") + opaque + '"';
  }
}
