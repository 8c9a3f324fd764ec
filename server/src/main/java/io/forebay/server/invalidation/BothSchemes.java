package io.forebay.server.invalidation;

import io.forebay.cache.GlobPattern;
import io.forebay.cache.InvalidationOrder;
import io.forebay.cache.Scope;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// A page is known to people as `https://…`, and to a proxy behind something that speaks TLS as
/// `http://…`. So orders that name one of the two cover both. Hosts have no case.
final class BothSchemes {

  private static final Pattern URL =
      Pattern.compile("(?:http|https)://([^/?]*)(.*)", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

  private BothSchemes() {}

  static InvalidationOrder covered(InvalidationOrder order) {
    Scope scope =
        switch (order.scope()) {
          case Scope.Urls(var urls) -> new Scope.Urls(each(urls, BothSchemes::urls));
          case Scope.Prefixes(var prefixes) ->
              new Scope.Prefixes(each(prefixes, BothSchemes::texts));
          case Scope.Patterns(var patterns) ->
              new Scope.Patterns(
                  each(
                          patterns.stream().map(GlobPattern::text).collect(Collectors.toSet()),
                          BothSchemes::texts)
                      .stream()
                      .flatMap(text -> GlobPattern.parse(text).stream())
                      .collect(Collectors.toSet()));
          case Scope.Keys _, Scope.Tags _, Scope.Hosts _, Scope.Everything _ -> order.scope();
        };
    return new InvalidationOrder(order.cache(), scope, order.mode());
  }

  private static Set<String> each(Set<String> names, Function<String, List<String>> both) {
    Set<String> all = new LinkedHashSet<>();
    names.forEach(name -> all.addAll(both.apply(name)));
    return all;
  }

  /// The URL is in normal form already.
  private static List<String> urls(String url) {
    Matcher matcher = URL.matcher(url);
    return matcher.matches()
        ? List.of(
            "http://" + matcher.group(1) + matcher.group(2),
            "https://" + matcher.group(1) + matcher.group(2))
        : List.of(url);
  }

  /// The text itself stays: it may be about keys that only look like URLs.
  private static List<String> texts(String text) {
    Matcher matcher = URL.matcher(text);
    if (!matcher.matches()) {
      return List.of(text);
    }
    String place = matcher.group(1).toLowerCase(java.util.Locale.ROOT) + matcher.group(2);
    return List.of(text, "http://" + place, "https://" + place);
  }
}
