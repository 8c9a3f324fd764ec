package io.forebay.server.compat;

import io.forebay.server.api.Problem;
import io.forebay.server.api.ProblemType;
import io.forebay.server.api.RequestRefused;
import io.forebay.server.caches.CacheRegistry;
import io.forebay.server.caches.CacheSpecification;
import io.forebay.server.caches.NamedCache;
import io.forebay.server.caches.TierChoice;
import java.util.List;
import java.util.Optional;

/// Which cache stands for a backend of the Cache Management API: `memory` is the cache that all
/// adapters share; another is that same cache if it has such a tier, or else a cache of the
/// backend's name that has one.
public record Backends(CacheRegistry registry) {

  static final String MEMORY = "memory";
  static final List<String> NAMES = List.of(MEMORY, "redis", "memcached", "database", "file");

  /// Makes a cache for each tier that is open and that no cache stands for yet. They write through:
  /// for another mode, a cache of that name is declared in the settings.
  public static void define(CacheRegistry registry) {
    for (TierChoice tier : TierChoice.values()) {
      boolean isThere =
          List.of(CompatRoutes.CACHE, tier.text()).stream()
              .anyMatch(name -> isBehind(tier.text(), registry.find(name)));
      if (tier != TierChoice.NONE && !isThere && registry.find(tier.text()).isEmpty()) {
        // What no settings say where to find is refused, and requests hear of it.
        var _ = registry.define(tier.text(), CacheSpecification.behind(tier));
      }
    }
  }

  /// The name of the cache, or a refusal that says what is missing.
  String cache(String backend) {
    if (!NAMES.contains(backend)) {
      throw new RequestRefused(
          Problem.invalid("backend", "one of " + String.join(", ", NAMES), "It is no backend."));
    }
    if (backend.equals(MEMORY)) {
      return CompatRoutes.CACHE;
    }
    return List.of(CompatRoutes.CACHE, backend).stream()
        .filter(name -> isBehind(backend, registry.find(name)))
        .findFirst()
        .orElseThrow(() ->
            new RequestRefused(
                Problem.of(
                    ProblemType.CONFLICT,
                    "The backend "
                        + backend
                        + " is not set up: no cache called "
                        + CompatRoutes.CACHE
                        + " or "
                        + backend
                        + " has such a tier (settings "
                        + backend
                        + (backend.equals("file") ? ".folder" : ".url")
                        + " and invalidation.log, or caches."
                        + backend
                        + ".tier).")));
  }

  private static boolean isBehind(String backend, Optional<NamedCache> cache) {
    return cache
        .filter(named -> named.traits().tier() != TierChoice.NONE)
        .filter(named -> named.traits().tier().text().equals(backend))
        .isPresent();
  }

  /// What lies behind a cache, as a backend's name.
  static String of(NamedCache cache) {
    return cache.traits().tier().text();
  }
}
