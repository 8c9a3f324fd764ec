package io.forebay.server.forward;

/// Globs as regular expressions (PCRE) that match the same.
final class GlobExpression {

  private GlobExpression() {}

  /// Without anchors.
  ///
  /// @param glob well-formed, as [io.forebay.cache.GlobPattern] reads it, or a beginning of one
  static String of(String glob) {
    var expression = new StringBuilder();
    for (int i = 0; i < glob.length(); i++) {
      char c = glob.charAt(i);
      switch (c) {
        case '*' -> expression.append(".*");
        case '?' -> expression.append('.');
        case '\\' -> expression.append(quoted(glob.charAt(++i)));
        case '[' -> i = addClass(glob, i, expression);
        default -> expression.append(quoted(c));
      }
    }
    return expression.toString();
  }

  /// @return where the class ends
  private static int addClass(String glob, int start, StringBuilder expression) {
    expression.append('[');
    int i = start + 1;
    if (glob.charAt(i) == '!' || glob.charAt(i) == '^') {
      expression.append('^');
      i++;
    }
    // A bracket that comes first is a member.
    for (int first = i; i < glob.length() && (glob.charAt(i) != ']' || i == first); i++) {
      boolean isEscaped = glob.charAt(i) == '\\';
      char c = glob.charAt(isEscaped ? ++i : i);
      boolean isSpecial = "[]^-\\".indexOf(c) >= 0 && (isEscaped || c != '-');
      expression.append(isSpecial ? "\\" + c : String.valueOf(c));
    }
    expression.append(']');
    return i;
  }

  private static String quoted(char c) {
    return "\\.*+?[](){}^$|".indexOf(c) >= 0 ? "\\" + c : String.valueOf(c);
  }
}
