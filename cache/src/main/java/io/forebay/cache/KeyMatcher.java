package io.forebay.cache;

import java.util.HashSet;
import java.util.Set;

/// What a barrier that is not about tags looks for in the text of a key.
sealed interface KeyMatcher {

  boolean matches(String text);

  /// The key begins with this.
  record Prefix(String prefix) implements KeyMatcher {
    @Override
    public boolean matches(String text) {
      return text.startsWith(prefix);
    }
  }

  /// The whole key matches.
  record Pattern(GlobPattern pattern) implements KeyMatcher {
    @Override
    public boolean matches(String text) {
      return pattern.test(text);
    }
  }

  /// The key is a URL of this host: `scheme://host`, then a port if `host` names none, then the
  /// path.
  record Host(String host) implements KeyMatcher {
    @Override
    public boolean matches(String text) {
      int scheme = text.indexOf("://");
      int begin = scheme + "://".length();
      if (scheme < 0 || !text.startsWith(host, begin)) {
        return false;
      }
      int end = begin + host.length();
      return end == text.length() || endsHost(text.charAt(end));
    }

    /// The colon begins a port, since a host that is itself followed by more of an address would be
    /// inside brackets.
    private static boolean endsHost(char next) {
      return next == '/' || next == '?' || next == ':';
    }
  }

  /// The matchers that stand for a scope; none if it is not about the text of keys.
  static Set<KeyMatcher> of(Scope scope) {
    Set<KeyMatcher> matchers = new HashSet<>();
    switch (scope) {
      case Scope.Prefixes(Set<String> prefixes) ->
          prefixes.forEach(prefix -> matchers.add(new Prefix(prefix)));
      case Scope.Patterns(Set<GlobPattern> patterns) ->
          patterns.forEach(pattern -> matchers.add(new Pattern(pattern)));
      case Scope.Hosts(Set<String> hosts) -> hosts.forEach(host -> matchers.add(new Host(host)));
      case Scope.Keys _, Scope.Tags _, Scope.Urls _, Scope.Everything _ -> {}
    }
    return matchers;
  }

  /// The scope that this stands for.
  default Scope scope() {
    return switch (this) {
      case Prefix(String prefix) -> new Scope.Prefixes(Set.of(prefix));
      case Pattern(GlobPattern pattern) -> new Scope.Patterns(Set.of(pattern));
      case Host(String host) -> new Scope.Hosts(Set.of(host));
    };
  }
}
