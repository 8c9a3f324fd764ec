package io.forebay.http;

import java.util.Locale;

/// A text in which `*` stands for anything, also for nothing. Immutable, made once and asked often.
public final class Glob {

  private final String text;
  private final boolean ignoresCase;

  /// Whether its only star is its last character.
  private final boolean isPrefix;

  private final boolean isLiteral;

  private Glob(String text, boolean ignoresCase) {
    this.text = ignoresCase ? text.toLowerCase(Locale.ROOT) : text;
    this.ignoresCase = ignoresCase;
    int star = text.indexOf('*');
    this.isLiteral = star < 0;
    this.isPrefix = star >= 0 && star == text.length() - 1;
  }

  public static Glob of(String text) {
    return new Glob(text, false);
  }

  /// One for which the case of ASCII letters does not matter.
  public static Glob ignoringCase(String text) {
    return new Glob(text, true);
  }

  public boolean matches(String candidate) {
    String read = ignoresCase ? candidate.toLowerCase(Locale.ROOT) : candidate;
    if (isLiteral) {
      return text.equals(read);
    }
    return isPrefix ? read.regionMatches(0, text, 0, text.length() - 1) : matchesStars(read);
  }

  /// Greedy from the left with one place to return to: linear for one star, and never worse than
  /// the product of the lengths.
  private boolean matchesStars(String read) {
    int g = 0;
    int t = 0;
    int star = -1;
    int resume = 0;
    while (t < read.length()) {
      if (g < text.length() && text.charAt(g) == '*') {
        star = g++;
        resume = t;
      } else if (g < text.length() && text.charAt(g) == read.charAt(t)) {
        g++;
        t++;
      } else if (star >= 0) {
        g = star + 1;
        t = ++resume;
      } else {
        return false;
      }
    }
    while (g < text.length() && text.charAt(g) == '*') {
      g++;
    }
    return g == text.length();
  }

  /// As written, but for case where it does not matter.
  @Override
  public String toString() {
    return text;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Glob glob && text.equals(glob.text) && ignoresCase == glob.ignoresCase;
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }
}
