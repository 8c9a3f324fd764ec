package io.forebay.cache;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// A pattern over keys: `*` stands for any text, `?` for one character, `[abc]`, `[a-z]` and
/// `[!a-z]` for one of (or none of) some characters; a backslash takes the next character as it is.
/// Matches the whole key.
///
/// Matching takes at most key length × pattern length steps, whatever the pattern: on a mismatch
/// only the last `*` is extended, earlier ones never need to be (they already matched as little as
/// possible). Most keys differ from the pattern before its first special character, and cost no
/// more than that.
///
/// Two patterns are equal if their texts are.
public final class GlobPattern implements Predicate<String> {

  /// Longer than any key needs; bounds the work.
  public static final int MAX_LENGTH = 1024;

  private final String text;
  private final List<Piece> pieces;

  /// What every matching key begins with.
  private final String start;

  private sealed interface Piece {
    record AnyText() implements Piece {}

    record AnyCharacter() implements Piece {}

    record Exactly(int codePoint) implements Piece {}

    /// @param ranges pairs of first and last
    record OneOf(boolean negated, List<Range> ranges) implements Piece {}
  }

  private record Range(int first, int last) {}

  private GlobPattern(String text, List<Piece> pieces) {
    this.text = text;
    this.pieces = List.copyOf(pieces);
    this.start = literalStart(pieces);
  }

  private static String literalStart(List<Piece> pieces) {
    StringBuilder literal = new StringBuilder();
    for (Piece piece : pieces) {
      if (!(piece instanceof Piece.Exactly(int codePoint))) {
        break;
      }
      literal.appendCodePoint(codePoint);
    }
    return literal.toString();
  }

  /// Empty if the pattern is too long, ends in a backslash, or has a bracket without end.
  public static Optional<GlobPattern> parse(String text) {
    if (text.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    int[] characters = text.codePoints().toArray();
    List<Piece> pieces = new ArrayList<>();
    int i = 0;
    while (i < characters.length) {
      switch (characters[i]) {
        case '*' -> {
          if (pieces.isEmpty() || !(pieces.getLast() instanceof Piece.AnyText)) {
            pieces.add(new Piece.AnyText());
          }
          i++;
        }
        case '?' -> {
          pieces.add(new Piece.AnyCharacter());
          i++;
        }
        case '\\' -> {
          if (i + 1 == characters.length) {
            return Optional.empty();
          }
          pieces.add(new Piece.Exactly(characters[i + 1]));
          i += 2;
        }
        case '[' -> {
          int end = endOfBracket(characters, i);
          if (end < 0) {
            return Optional.empty();
          }
          pieces.add(bracket(characters, i + 1, end));
          i = end + 1;
        }
        default -> {
          pieces.add(new Piece.Exactly(characters[i]));
          i++;
        }
      }
    }
    return Optional.of(new GlobPattern(text, pieces));
  }

  /// Index of the `]` that ends the bracket at `start`, or -1. A `]` right after `[` or `[!` is a
  /// member, not the end.
  private static int endOfBracket(int[] characters, int start) {
    int i = start + 1;
    if (i < characters.length && (characters[i] == '!' || characters[i] == '^')) {
      i++;
    }
    for (int first = i; i < characters.length; i++) {
      if (characters[i] == '\\') {
        i++;
      } else if (characters[i] == ']' && i > first) {
        return i;
      }
    }
    return -1;
  }

  private static Piece.OneOf bracket(int[] characters, int start, int end) {
    int i = start;
    boolean negated = characters[i] == '!' || characters[i] == '^';
    if (negated) {
      i++;
    }
    List<Range> ranges = new ArrayList<>();
    while (i < end) {
      if (characters[i] == '\\' && i + 1 < end) {
        i++;
      }
      int first = characters[i++];
      int last = first;
      if (i + 1 < end && characters[i] == '-') {
        i++;
        if (characters[i] == '\\' && i + 1 < end) {
          i++;
        }
        last = characters[i++];
      }
      ranges.add(new Range(first, last));
    }
    return new Piece.OneOf(negated, List.copyOf(ranges));
  }

  /// As written.
  public String text() {
    return text;
  }

  /// Whether every key matches, the empty one too: only stars.
  public boolean matchesEverything() {
    return !pieces.isEmpty() && pieces.stream().allMatch(piece -> piece instanceof Piece.AnyText);
  }

  @Override
  public boolean test(String key) {
    return key.startsWith(start) && matches(key);
  }

  private boolean matches(String key) {
    int at = 0;
    int piece = 0;
    int lastStar = -1;
    int afterStar = 0;
    while (at < key.length()) {
      int codePoint = key.codePointAt(at);
      if (piece < pieces.size() && pieces.get(piece) instanceof Piece.AnyText) {
        lastStar = piece++;
        if (piece == pieces.size()) {
          return true;
        }
        afterStar = at;
      } else if (piece < pieces.size() && matches(pieces.get(piece), codePoint)) {
        piece++;
        at += Character.charCount(codePoint);
      } else if (lastStar >= 0) {
        piece = lastStar + 1;
        afterStar += Character.charCount(key.codePointAt(afterStar));
        at = afterStar;
      } else {
        return false;
      }
    }
    while (piece < pieces.size() && pieces.get(piece) instanceof Piece.AnyText) {
      piece++;
    }
    return piece == pieces.size();
  }

  private static boolean matches(Piece piece, int codePoint) {
    return switch (piece) {
      case Piece.AnyText() -> true;
      case Piece.AnyCharacter() -> true;
      case Piece.Exactly(int expected) -> expected == codePoint;
      case Piece.OneOf(boolean negated, var ranges) ->
          negated
              != ranges.stream()
                  .anyMatch(range -> range.first() <= codePoint && codePoint <= range.last());
    };
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof GlobPattern pattern && pattern.text.equals(text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return text;
  }
}
