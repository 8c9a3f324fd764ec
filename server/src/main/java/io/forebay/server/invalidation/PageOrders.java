package io.forebay.server.invalidation;

import io.forebay.cache.GlobPattern;
import io.forebay.cache.Invalidation.Mode;
import io.forebay.cache.InvalidationOrder;
import io.forebay.cache.Scope;
import io.forebay.server.purge.PurgeOrder;
import io.forebay.server.purge.PurgeScope;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Between orders about pages, as other systems give and take them, and orders of the log.
///
/// In: tags cover pages and key-value entries alike; everything else covers pages, so that a
/// content system's "purge all" leaves an application's values alone. Out: what concerns pages, as
/// few orders as it can be said in.
public final class PageOrders {

  /// The cache of pages.
  public static final String PAGES = "pages";

  private static final List<String> SCHEMES = List.of("http://", "https://");

  private PageOrders() {}

  // ---- in

  /// What the engine is told.
  public static List<InvalidationOrder> toLog(List<PurgeOrder> orders) {
    return orders.stream().map(PageOrders::toLog).toList();
  }

  private static InvalidationOrder toLog(PurgeOrder order) {
    return switch (order.scope()) {
      case PurgeScope.Tags(var tags) ->
          new InvalidationOrder(Optional.empty(), new Scope.Tags(tags), order.mode());
      case PurgeScope.Urls(var urls) -> pages(new Scope.Urls(urls), order.mode());
      case PurgeScope.UrlPrefixes(var prefixes) ->
          pages(
              new Scope.Prefixes(
                  prefixes.stream()
                      .map(prefix -> SCHEMES.getFirst() + prefix)
                      .collect(Collectors.toSet())),
              order.mode());
      case PurgeScope.UrlPatterns(var patterns) ->
          pages(
              new Scope.Patterns(
                  patterns.stream()
                      .map(text -> GlobPattern.parse(text).orElseThrow())
                      .collect(Collectors.toSet())),
              order.mode());
      case PurgeScope.Hosts(var hosts) -> pages(new Scope.Hosts(hosts), order.mode());
      case PurgeScope.Everything() -> pages(new Scope.Everything(), order.mode());
    };
  }

  private static InvalidationOrder pages(Scope scope, Mode mode) {
    return new InvalidationOrder(Optional.of(PAGES), scope, mode);
  }

  // ---- out

  /// What is said downstream, where orders of one kind and mode go together.
  static List<PurgeOrder> downstream(List<InvalidationOrder> orders) {
    Map<Kind, Set<String>> merged = new LinkedHashMap<>();
    for (InvalidationOrder order : orders) {
      if (order.concerns(PAGES)) {
        add(merged, order.scope(), order.mode());
      }
    }
    List<PurgeOrder> said = new ArrayList<>();
    merged.forEach((kind, names) -> said.add(new PurgeOrder(kind.said.scope(names), kind.mode)));
    return said;
  }

  private record Kind(Said said, Mode mode) {}

  private enum Said {
    TAGS,
    URLS,
    PREFIXES,
    PATTERNS,
    HOSTS,
    EVERYTHING;

    PurgeScope scope(Set<String> names) {
      return switch (this) {
        case TAGS -> new PurgeScope.Tags(names);
        case URLS -> new PurgeScope.Urls(names);
        case PREFIXES -> new PurgeScope.UrlPrefixes(names);
        case PATTERNS -> new PurgeScope.UrlPatterns(names);
        case HOSTS -> new PurgeScope.Hosts(names);
        case EVERYTHING -> new PurgeScope.Everything();
      };
    }
  }

  private static void add(Map<Kind, Set<String>> merged, Scope scope, Mode mode) {
    switch (scope) {
      case Scope.Keys _ -> {}
      case Scope.Tags(var tags) -> add(merged, Said.TAGS, mode, tags);
      case Scope.Urls(var urls) -> add(merged, Said.URLS, mode, urls);
      case Scope.Hosts(var hosts) -> add(merged, Said.HOSTS, mode, hosts);
      case Scope.Everything() -> add(merged, Said.EVERYTHING, mode, Set.of());
      case Scope.Prefixes(var prefixes) ->
          prefixes.forEach(prefix -> addPrefix(merged, prefix, mode));
      case Scope.Patterns(var patterns) ->
          patterns.stream()
              .map(GlobPattern::text)
              .filter(PageOrders::mayMatchPages)
              .forEach(text -> add(merged, Said.PATTERNS, mode, Set.of(text)));
    }
  }

  private static void add(Map<Kind, Set<String>> merged, Said said, Mode mode, Set<String> names) {
    merged.computeIfAbsent(new Kind(said, mode), _ -> new TreeSet<>()).addAll(names);
  }

  /// One that ends within a host also covers longer ones, which nobody downstream can be told but
  /// by a pattern.
  private static void addPrefix(Map<Kind, Set<String>> merged, String prefix, Mode mode) {
    Optional<String> place =
        SCHEMES.stream()
            .filter(prefix::startsWith)
            .map(scheme -> prefix.substring(scheme.length()))
            .filter(rest -> rest.indexOf('/') > 0)
            .findFirst();
    if (place.isPresent()) {
      add(merged, Said.PREFIXES, mode, Set.of(place.get()));
    } else if (mayMatchPages(literal(prefix))) {
      add(merged, Said.PATTERNS, mode, Set.of(literal(prefix) + "*"));
    }
  }

  /// As a glob that matches it alone.
  private static String literal(String text) {
    return text.replaceAll("[*?\\[\\]\\\\]", "\\\\$0");
  }

  /// A page's key is its URL, so what begins otherwise is about key-value entries.
  private static boolean mayMatchPages(String glob) {
    String start = glob.split("[*?\\[\\\\]", 2)[0];
    return SCHEMES.stream()
        .anyMatch(scheme -> scheme.startsWith(start) || start.startsWith(scheme));
  }
}
