package io.forebay.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// An entity tag (RFC 9110 §8.8.3).
///
/// @param weak whether it has the `W/` prefix
/// @param opaque what stands between the quotes, byte-exact; backslashes are ordinary
public record EntityTag(boolean weak, String opaque) {

  /// A single entity tag, as in `ETag`; empty when it is not one. Never throws.
  public static Optional<EntityTag> parse(String value) {
    String text = FieldSyntax.trimmed(value);
    Reader reader = new Reader(text);
    Optional<EntityTag> tag = reader.next();
    return tag.isPresent() && reader.isAtEnd() ? tag : Optional.empty();
  }

  /// The entity tags of `If-Match` or `If-None-Match`, `*` aside; what is not one is skipped. Never
  /// throws.
  public static List<EntityTag> parseList(String value) {
    List<EntityTag> tags = new ArrayList<>();
    Reader reader = new Reader(value);
    while (!reader.isAtEnd()) {
      int before = reader.position;
      Optional<EntityTag> tag = reader.next();
      if (tag.isPresent() && reader.skipSeparator()) {
        tags.add(tag.get());
      } else {
        reader.position = Math.max(before, reader.position);
        reader.skipToNextMember();
      }
    }
    return tags;
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

  private static final class Reader {

    private final String text;
    private int position;

    Reader(String text) {
      this.text = text;
    }

    boolean isAtEnd() {
      return position >= text.length();
    }

    /// The tag that begins here. The position is after it, or unchanged when there is none.
    Optional<EntityTag> next() {
      skipWhitespace();
      boolean weak = text.startsWith("W/", position);
      int open = weak ? position + 2 : position;
      if (open >= text.length() || text.charAt(open) != '"') {
        return Optional.empty();
      }
      int close = open + 1;
      while (close < text.length() && isEtagCharacter(text.charAt(close))) {
        close++;
      }
      if (close >= text.length() || text.charAt(close) != '"') {
        return Optional.empty();
      }
      position = close + 1;
      return Optional.of(new EntityTag(weak, text.substring(open + 1, close)));
    }

    /// Passes whitespace and one comma; false when something else comes first.
    boolean skipSeparator() {
      skipWhitespace();
      if (isAtEnd()) {
        return true;
      }
      if (text.charAt(position) != ',') {
        return false;
      }
      position++;
      return true;
    }

    void skipToNextMember() {
      int comma = text.indexOf(',', position);
      position = comma < 0 ? text.length() : comma + 1;
    }

    private void skipWhitespace() {
      while (!isAtEnd() && FieldSyntax.isWhitespace(text.charAt(position))) {
        position++;
      }
    }

    /// `etagc`: no quote, space or control character; spaces are let through, as servers send them.
    private static boolean isEtagCharacter(char c) {
      return c >= ' ' && c != '"' && c != 0x7f;
    }
  }
}
