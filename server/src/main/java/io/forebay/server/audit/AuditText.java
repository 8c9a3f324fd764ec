package io.forebay.server.audit;

/// Text as every store takes it, and as a terminal can show it. Clients choose keys and reasons: a
/// NUL, which PostgreSQL refuses, must not fail the rows written beside it.
final class AuditText {

  /// The longest note on what was cut; text with its note is not cut again when it is read.
  private static final int ROOM_FOR_NOTE = 32;

  private AuditText() {}

  /// The text without control characters and broken surrogates, at most [AuditEntry#MAX_TEXT]
  /// characters and a note how many more there were.
  static String storable(String text) {
    int longest = AuditEntry.MAX_TEXT + ROOM_FOR_NOTE;
    if (text.length() <= longest && text.chars().allMatch(c -> c >= ' ' && c < 0x7f)) {
      return text;
    }
    var kept = new StringBuilder();
    int at = 0;
    int bound = text.length() <= longest ? longest : AuditEntry.MAX_TEXT;
    while (at < text.length() && kept.length() < bound) {
      int point = text.codePointAt(at);
      if (Character.isISOControl(point)) {
        kept.append("\\u%04x".formatted(point));
      } else {
        boolean broken = point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE;
        kept.appendCodePoint(broken ? 0xfffd : point);
      }
      at += Character.charCount(point);
    }
    return at < text.length() ? kept + " … (" + (text.length() - at) + " more)" : kept.toString();
  }
}
