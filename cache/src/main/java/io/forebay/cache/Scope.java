package io.forebay.cache;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// What an invalidation covers. No set holds the empty text: as a prefix it would be everything in
/// disguise.
///
/// Prefixes and patterns look at the text that the cache gives for a key ([CacheBuilder#keyText]);
/// for pages that is the URL, so that all variants are covered together.
public sealed interface Scope {

  /// These keys, in their text form.
  record Keys(Set<String> keys) implements Scope {
    public Keys {
      keys = nonEmpty(keys);
    }
  }

  /// Every entry that carries one of these tags; tags match exactly.
  record Tags(Set<String> tags) implements Scope {
    public Tags {
      tags = nonEmpty(tags);
    }
  }

  /// Every entry whose key begins with one of these.
  record Prefixes(Set<String> prefixes) implements Scope {
    public Prefixes {
      prefixes = nonEmpty(prefixes);
    }
  }

  /// Every entry whose whole key matches one of these.
  record Patterns(Set<GlobPattern> patterns) implements Scope {
    public Patterns {
      patterns = Set.copyOf(patterns);
    }
  }

  /// Every variant of the pages at these URLs, which are in the form in which pages are stored.
  record Urls(Set<String> urls) implements Scope {
    public Urls {
      urls = nonEmpty(urls);
    }
  }

  /// Every page of these hosts. `example.com` covers all its ports, `example.com:8080` one.
  record Hosts(Set<String> hosts) implements Scope {
    public Hosts {
      hosts = nonEmpty(hosts);
    }
  }

  /// The whole cache.
  record Everything() implements Scope {}

  /// What it names, in order; nothing for everything.
  default List<String> names() {
    Set<String> names =
        switch (this) {
          case Keys(Set<String> keys) -> keys;
          case Tags(Set<String> tags) -> tags;
          case Prefixes(Set<String> prefixes) -> prefixes;
          case Patterns(Set<GlobPattern> patterns) ->
              patterns.stream().map(GlobPattern::text).collect(Collectors.toSet());
          case Urls(Set<String> urls) -> urls;
          case Hosts(Set<String> hosts) -> hosts;
          case Everything() -> Set.of();
        };
    return names.stream().sorted().toList();
  }

  private static Set<String> nonEmpty(Set<String> names) {
    if (names.contains("")) {
      throw new IllegalArgumentException("a scope names no empty text");
    }
    return Set.copyOf(names);
  }
}
