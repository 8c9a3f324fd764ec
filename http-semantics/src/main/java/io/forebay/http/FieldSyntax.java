package io.forebay.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The common rules of field values: tokens, quoted strings, lists (RFC 9110 §5.6). Lenient where
/// §5.6 asks recipients to be; never throws.
public final class FieldSyntax {

  private static final boolean[] IS_TOKEN_CHARACTER = new boolean[128];

  static {
    for (char c = 0; c < IS_TOKEN_CHARACTER.length; c++) {
      IS_TOKEN_CHARACTER[c] =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || isDigit(c)
              || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
    }
  }

  private FieldSyntax() {}

  /// RFC 9110 §5.6.2.
  public static boolean isToken(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (!isTokenCharacter(text.charAt(i))) {
        return false;
      }
    }
    return !text.isEmpty();
  }

  /// RFC 9110 §5.6.2, `tchar`.
  public static boolean isTokenCharacter(char c) {
    return c < IS_TOKEN_CHARACTER.length && IS_TOKEN_CHARACTER[c];
  }

  public static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  /// Space or tab (RFC 9110 §5.6.3).
  public static boolean isWhitespace(char c) {
    return c == ' ' || c == '\t';
  }

  /// Without surrounding spaces and tabs.
  public static String trimmed(String text) {
    int from = 0;
    int to = text.length();
    while (from < to && isWhitespace(text.charAt(from))) {
      from++;
    }
    while (to > from && isWhitespace(text.charAt(to - 1))) {
      to--;
    }
    return text.substring(from, to);
  }

  /// ASCII lower case: names, directives and tokens that are compared without case.
  public static String lowerCase(String text) {
    return text.toLowerCase(Locale.ROOT);
  }

  /// The members of a list-based field over all its lines (RFC 9110 §5.6.1), trimmed, without empty
  /// ones. A quoted string that does not end on its line does not hide what follows it.
  public static List<String> listMembers(HttpFields fields, String name) {
    List<String> members = new ArrayList<>();
    for (FieldLine line : fields) {
      if (line.isNamed(name)) {
        addMembers(line.value(), members);
      }
    }
    return members;
  }

  /// The members of one list (RFC 9110 §5.6.1), trimmed, without empty ones.
  public static List<String> listMembers(String value) {
    List<String> members = new ArrayList<>();
    addMembers(value, members);
    return members;
  }

  private static void addMembers(String value, List<String> members) {
    for (String part : split(value, ',')) {
      if (!part.isEmpty()) {
        members.add(part);
      }
    }
  }

  /// Splits at each `separator` outside quoted strings and trims the parts; empty parts stay.
  public static List<String> split(String value, char separator) {
    List<String> parts = new ArrayList<>();
    int start = 0;
    int i = 0;
    while (i < value.length()) {
      char c = value.charAt(i);
      if (c == separator) {
        parts.add(trimmed(value.substring(start, i)));
        start = i + 1;
      } else if (c == '"') {
        i = Math.max(i, endOfQuotedString(value, i));
      }
      i++;
    }
    parts.add(trimmed(value.substring(start)));
    return parts;
  }

  /// Where the quoted string that opens at `open` closes; -1 when it does not.
  private static int endOfQuotedString(String value, int open) {
    for (int i = open + 1; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"') {
        return i;
      }
      if (c == '\\') {
        i++;
      }
    }
    return -1;
  }

  /// What a quoted string says (RFC 9110 §5.6.4); empty when `text` is not exactly one.
  public static Optional<String> unquoted(String text) {
    if (text.length() < 2
        || text.charAt(0) != '"'
        || endOfQuotedString(text, 0) != text.length() - 1) {
      return Optional.empty();
    }
    if (text.indexOf('\\') < 0) {
      return Optional.of(text.substring(1, text.length() - 1));
    }
    StringBuilder unescaped = new StringBuilder(text.length());
    for (int i = 1; i < text.length() - 1; i++) {
      if (text.charAt(i) == '\\') {
        i++;
      }
      unescaped.append(text.charAt(i));
    }
    return Optional.of(unescaped.toString());
  }
}
