package io.forebay.server.purge;

import io.forebay.cache.GlobPattern;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Varnish's ban expressions, as far as they are about tags, hosts and URLs:
///
/// ```
/// obj.http.xkey ~ (^| )news( |$)        req.http.host == shop.example && req.url ~ ^/blog/
/// ```
final class BanExpression {

  private static final Pattern CONDITION =
      Pattern.compile(
          "(?<subject>\\S+)\\s+(?<operator>==|~|!=|!~|>|<|>=|<=)\\s+(?<operand>\"[^\"]*\"|.+)",
          Pattern.DOTALL);

  private static final Set<String> URLS = Set.of("req.url", "obj.http.x-url", "obj.http.url");
  private static final Set<String> HOSTS = Set.of("req.http.host", "obj.http.x-host");
  private static final Set<String> TAGS =
      Set.of(
          "obj.http.xkey",
          "obj.http.x-cache-tags",
          "obj.http.cache-tags",
          "obj.http.cache-tag",
          "obj.http.surrogate-key",
          "obj.http.edge-cache-tag",
          "obj.http.x-magento-tags");

  private enum Subject {
    URL,
    HOST,
    TAG
  }

  private record Operand(boolean isExpression, String text) {}

  private BanExpression() {}

  static PurgeScope read(String field, String expression) throws Misunderstood {
    Map<Subject, Operand> conditions = new HashMap<>();
    for (String text : List.of(expression.split("&&", -1))) {
      Matcher condition = CONDITION.matcher(text.strip());
      if (!condition.matches()) {
        throw new Misunderstood(
            field, "SUBJECT == TEXT or SUBJECT ~ EXPRESSION, joined by &&", "It is no ban.");
      }
      String operator = condition.group("operator");
      if (!operator.equals("==") && !operator.equals("~")) {
        throw new Misunderstood(field, "== or ~", "The operator " + operator + " is not known.");
      }
      Subject subject = subject(field, condition.group("subject"));
      var operand = new Operand(operator.equals("~"), unquoted(condition.group("operand")));
      if (conditions.put(subject, operand) != null) {
        throw new Misunderstood(
            field, "each of URL, host and tags once", "Two conditions are about the same.");
      }
    }
    return scope(field, conditions);
  }

  private static Subject subject(String field, String name) throws Misunderstood {
    String known = name.toLowerCase(Locale.ROOT);
    if (URLS.contains(known)) {
      return Subject.URL;
    }
    if (HOSTS.contains(known)) {
      return Subject.HOST;
    }
    if (TAGS.contains(known)) {
      return Subject.TAG;
    }
    throw new Misunderstood(
        field,
        "req.url, req.http.host, or a field of tags such as obj.http.xkey",
        "Bans on " + name + " are not known.");
  }

  private static String unquoted(String operand) {
    String text = operand.strip();
    return text.length() > 1 && text.startsWith("\"") && text.endsWith("\"")
        ? text.substring(1, text.length() - 1)
        : text;
  }

  private static PurgeScope scope(String field, Map<Subject, Operand> conditions)
      throws Misunderstood {
    Operand tags = conditions.get(Subject.TAG);
    if (tags != null) {
      if (conditions.size() > 1) {
        throw new Misunderstood(
            field, "tags alone", "A condition on tags stands together with another.");
      }
      return new PurgeScope.Tags(
          tags.isExpression()
              ? ExactTagPattern.read(field, tags.text())
              : Names.tags(field, List.of(tags.text())));
    }
    return places(field, conditions.get(Subject.HOST), conditions.get(Subject.URL));
  }

  /// @param host null for any
  /// @param url null for any
  private static PurgeScope places(String field, @Nullable Operand host, @Nullable Operand url)
      throws Misunderstood {
    String hostGlob = host == null ? "*" : glob(field, host);
    String urlGlob = url == null ? "*" : glob(field, url);
    if (hostGlob.equals("*") && urlGlob.matches("/?\\*")) {
      return new PurgeScope.Everything();
    }
    if (host != null && !host.isExpression() && urlGlob.matches("/?\\*")) {
      return new PurgeScope.Hosts(Set.of(host.text().toLowerCase(Locale.ROOT)));
    }
    if (urlGlob.equals("*")) {
      urlGlob = "/*";
    }
    String glob =
        UrlExpression.withoutRepeatedStars("*://" + hostGlob.toLowerCase(Locale.ROOT) + urlGlob);
    if (GlobPattern.parse(glob).isEmpty()) {
      throw new Misunderstood(
          field, "at most about " + GlobPattern.MAX_LENGTH + " characters", "It is too long.");
    }
    return new PurgeScope.UrlPatterns(Set.of(glob));
  }

  private static String glob(String field, Operand operand) throws Misunderstood {
    return operand.isExpression()
        ? UrlExpression.toGlob(field, operand.text())
        : UrlExpression.literal(operand.text());
  }

  /// What the fields of a `BAN` request say; either may be empty.
  static PurgeScope ofFields(String field, Optional<String> host, Optional<String> url)
      throws Misunderstood {
    return places(
        field,
        host.map(text -> new Operand(true, text)).orElse(null),
        url.map(text -> new Operand(true, text)).orElse(null));
  }

  /// A `BAN` of a path, which is an expression but for the `?` before its query, at a host, which
  /// is not.
  static PurgeScope ofTarget(String host, String path) throws Misunderstood {
    return places("target", new Operand(false, host), new Operand(true, path.replace("?", "\\?")));
  }

  /// Whether it is an expression that matches everything: the usual way to say that a field does
  /// not matter.
  static boolean isAnything(String expression) {
    String text = expression.strip();
    return text.equals(".*") || text.equals(".+") || text.equals("^.*$");
  }
}
