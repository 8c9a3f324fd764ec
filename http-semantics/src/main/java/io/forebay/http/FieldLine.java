package io.forebay.http;

/// One field line (RFC 9110 §5.2).
///
/// @param name as received; compared without case
/// @param value byte-exact, one `char` per byte (ISO-8859-1), without surrounding whitespace
public record FieldLine(String name, String value) {

  /// Whether this line is of the field `other`, without case.
  public boolean isNamed(String other) {
    return name.equalsIgnoreCase(other);
  }
}
