package io.forebay.server.invalidation;

import io.forebay.cache.Cache;
import io.forebay.cache.InvalidationOrder;
import io.forebay.cache.Scope;
import io.forebay.server.api.Problem;
import io.forebay.server.api.ProblemType;
import io.forebay.server.caches.CacheRegistry;
import io.forebay.server.caches.NamedCache;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Which caches of this node an order is about.
///
/// @param registry the key-value caches
/// @param pages empty while the proxy is off
/// @param urls under which pages are stored
public record NodeCaches(
    CacheRegistry registry, Optional<Cache<String, ?>> pages, StoredUrls urls) {

  /// Without rules about URLs.
  public NodeCaches(CacheRegistry registry, Optional<Cache<String, ?>> pages) {
    this(registry, pages, StoredUrls.PLAIN);
  }

  /// What orders cover beyond their words.
  List<InvalidationOrder> covered(List<InvalidationOrder> orders) {
    return orders.stream().map(BothSchemes::covered).map(urls::covered).toList();
  }

  /// The first thing about an order that cannot be: it names a cache that is not there.
  ///
  /// @param field what the order is called in a problem, such as `operations[3]`; empty if it came
  ///   in another form
  Optional<Problem> problemOf(InvalidationOrder order, Optional<String> field) {
    Optional<String> cache = order.cache();
    if (cache.isEmpty() || registry.find(cache.get()).isPresent()) {
      return Optional.empty();
    }
    if (!cache.get().equals(PageOrders.PAGES)) {
      return Optional.of(
          new Problem(
              ProblemType.UNKNOWN_CACHE,
              "There is no cache called " + cache.get() + "; nothing was invalidated.",
              field.map(name -> name + ".cache"),
              Optional.of("a cache that GET /v1/caches lists, or " + PageOrders.PAGES)));
    }
    return pages.isPresent()
        ? Optional.empty()
        : Optional.of(
            new Problem(
                ProblemType.PROXY_OFF,
                "There are no pages: neither proxy.origin nor proxy.routes is set.",
                field,
                Optional.empty()));
  }

  /// The caches that may hold what the orders cover, by their names.
  List<Cache<String, ?>> concernedBy(List<InvalidationOrder> orders) {
    List<Cache<String, ?>> concerned = new ArrayList<>();
    List<Cache<String, ?>> all = new ArrayList<>();
    registry.all().stream().map(NamedCache::cache).forEach(all::add);
    pages.ifPresent(all::add);
    all.sort(java.util.Comparator.comparing(Cache::name));
    for (Cache<String, ?> cache : all) {
      if (!scopesIn(cache.name(), orders).isEmpty()) {
        concerned.add(cache);
      }
    }
    return concerned;
  }

  /// What the orders cover in one cache.
  static List<Scope> scopesIn(String cache, List<InvalidationOrder> orders) {
    return orders.stream()
        .filter(order -> order.concerns(cache))
        .map(InvalidationOrder::scope)
        .toList();
  }
}
