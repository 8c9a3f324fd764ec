package io.forebay.cache;

import java.util.Collection;
import java.util.Set;

/// Which values a scope covers, for whoever keeps some outside a cache whose keys are texts.
public final class Coverage {

  private Coverage() {}

  /// Whether it covers a value with this key and these tags.
  public static boolean covers(Scope scope, String key, Collection<String> tags) {
    return switch (scope) {
      case Scope.Keys(Set<String> keys) -> keys.contains(key);
      case Scope.Tags(Set<String> of) -> tags.stream().anyMatch(of::contains);
      case Scope.Urls(Set<String> urls) ->
          urls.contains(key) || tags.stream().anyMatch(InternalTags.ofUrls(urls)::contains);
      case Scope.Prefixes _, Scope.Patterns _, Scope.Hosts _ ->
          KeyMatcher.of(scope).stream().anyMatch(matcher -> matcher.matches(key));
      case Scope.Everything() -> true;
    };
  }
}
