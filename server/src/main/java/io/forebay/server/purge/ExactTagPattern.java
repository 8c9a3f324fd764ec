package io.forebay.server.purge;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Regular expressions that stand for exact tags in a separated list, as Magento, FOSHttpCache and
/// the usual Varnish recipes write them:
///
/// ```
/// ((^|,)cat_p_1(,|$))|((^|,)cat_p_2(,|$))      (^|,)(a|b)(,|$)      (^| )a( |$)
/// ```
///
/// Understood as those tags, and compared exactly ever after. Any other expression is refused:
/// matched as an expression, `cat_p_1` would also hit `cat_p_10` (or, escaped wrongly, nothing at
/// all).
final class ExactTagPattern {

  /// How a tag ends: separators of lists of tags.
  private static final String SEPARATOR = "(?:,| |\\[ ,\\]|\\[, \\]|\\\\s|,\\\\s\\*)";

  private static final Pattern ALTERNATIVE =
      Pattern.compile(
          "\\(\\^\\|" + SEPARATOR + "\\)(?<tags>.+)\\(" + SEPARATOR + "\\|\\$\\)", Pattern.DOTALL);

  private static final String EXPECTED = "exact tags, each written as ((^|,)TAG(,|$)), joined by |";

  private ExactTagPattern() {}

  static Set<String> read(String field, String pattern) throws Misunderstood {
    List<String> tags = new ArrayList<>();
    for (String alternative : alternatives(pattern)) {
      Matcher matcher = ALTERNATIVE.matcher(withoutParentheses(alternative));
      if (!matcher.matches()) {
        throw refusal(field);
      }
      for (String tag : alternatives(withoutParentheses(matcher.group("tags")))) {
        tags.add(literal(field, tag));
      }
    }
    return Names.tags(field, tags);
  }

  private static Misunderstood refusal(String field) {
    return new Misunderstood(
        field,
        EXPECTED,
        "A tag is never matched by a regular expression, and this one does not stand for exact"
            + " tags.");
  }

  /// Splits at each `|` outside of parentheses and brackets.
  private static List<String> alternatives(String pattern) {
    List<String> parts = new ArrayList<>();
    int depth = 0;
    int start = 0;
    for (int i = 0; i < pattern.length(); i++) {
      switch (pattern.charAt(i)) {
        case '\\' -> i++;
        case '(', '[' -> depth++;
        case ')', ']' -> depth--;
        case '|' -> {
          if (depth == 0) {
            parts.add(pattern.substring(start, i));
            start = i + 1;
          }
        }
        default -> {}
      }
    }
    parts.add(pattern.substring(Math.min(start, pattern.length())));
    return parts;
  }

  /// The text within, if its first parenthesis is closed by its last character.
  private static String withoutParentheses(String pattern) {
    if (!pattern.startsWith("(") || !pattern.endsWith(")")) {
      return pattern;
    }
    int depth = 0;
    for (int i = 0; i < pattern.length(); i++) {
      switch (pattern.charAt(i)) {
        case '\\' -> i++;
        case '(' -> depth++;
        case ')' -> {
          if (--depth == 0 && i < pattern.length() - 1) {
            return pattern;
          }
        }
        default -> {}
      }
    }
    return depth == 0 ? pattern.substring(1, pattern.length() - 1) : pattern;
  }

  /// The tag that a piece of expression stands for. A dot counts as itself: whoever writes tags
  /// into expressions without escaping them means it so.
  private static String literal(String field, String piece) throws Misunderstood {
    var tag = new StringBuilder();
    for (int i = 0; i < piece.length(); i++) {
      char c = piece.charAt(i);
      if (c == '\\') {
        i++;
        if (i == piece.length() || Character.isLetterOrDigit(piece.charAt(i))) {
          throw refusal(field);
        }
        tag.append(piece.charAt(i));
      } else if ("*+?[](){}^$|, ".indexOf(c) >= 0) {
        throw refusal(field);
      } else {
        tag.append(c);
      }
    }
    if (tag.isEmpty()) {
      throw refusal(field);
    }
    return tag.toString();
  }
}
