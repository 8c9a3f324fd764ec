package io.forebay.server.caches;

/// A rule that input broke.
///
/// @param field which part of the input: `key`, `value`, `tags`, `metadata`, `limit`
/// @param expected what would be right, as the end of "expected …"
/// @param detail one sentence for a person
/// @param kind how the protocols tell the cases apart
public record Violation(String field, String expected, String detail, Kind kind) {

  /// What sort of rule it is.
  public enum Kind {
    MALFORMED,
    /// A value or batch is larger than allowed.
    TOO_LARGE
  }

  static Violation malformed(String field, String expected, String detail) {
    return new Violation(field, expected, detail, Kind.MALFORMED);
  }
}
