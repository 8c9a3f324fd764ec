package io.forebay.server.purge;

/// Regular expressions over a URL's path, or over a host, as globs that match at least the same.
///
/// Known are literal characters, escaped punctuation, `.`, `.*`, `.+`, `^` at the beginning and `$`
/// at the end; the rest is refused.
final class UrlExpression {

  private UrlExpression() {}

  static String toGlob(String field, String expression) throws Misunderstood {
    boolean fromStart = expression.startsWith("^");
    boolean toEnd = expression.endsWith("$") && !expression.endsWith("\\$");
    String body = expression.substring(fromStart ? 1 : 0, expression.length() - (toEnd ? 1 : 0));
    var glob = new StringBuilder(fromStart ? "" : "*");
    for (int i = 0; i < body.length(); i++) {
      char c = body.charAt(i);
      if (c == '.') {
        boolean any = i + 1 < body.length() && body.charAt(i + 1) == '*';
        boolean some = i + 1 < body.length() && body.charAt(i + 1) == '+';
        glob.append(any ? "*" : some ? "?*" : "?");
        i += any || some ? 1 : 0;
      } else if (c == '\\' && i + 1 < body.length() && !isWord(body.charAt(i + 1))) {
        glob.append(literal(body.charAt(++i)));
      } else if ("\\*+?[](){}^$|".indexOf(c) >= 0) {
        throw new Misunderstood(
            field,
            "literal text with . .* .+ and ^ and $ at its ends",
            "The expression has " + c + " at position " + (i + (fromStart ? 2 : 1)) + ".");
      } else {
        glob.append(literal(c));
      }
    }
    return withoutRepeatedStars(glob.append(toEnd ? "" : "*").toString());
  }

  static String withoutRepeatedStars(String glob) {
    return glob.replaceAll("(?<!\\\\)\\*+", "*");
  }

  private static boolean isWord(char c) {
    return Character.isLetterOrDigit(c);
  }

  /// As a glob that matches it alone.
  static String literal(String text) {
    var glob = new StringBuilder();
    text.chars().forEach(c -> glob.append(literal((char) c)));
    return glob.toString();
  }

  private static String literal(char c) {
    return "*?[]\\".indexOf(c) >= 0 ? "\\" + c : String.valueOf(c);
  }
}
