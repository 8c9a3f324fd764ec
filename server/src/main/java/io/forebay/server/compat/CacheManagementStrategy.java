package io.forebay.server.compat;

import io.forebay.cache.tier.WriteMode;
import io.forebay.server.api.Problem;
import io.forebay.server.api.ProblemType;
import io.forebay.server.api.RequestRefused;
import io.forebay.server.caches.NamedCache;
import java.util.List;
import java.util.Set;

/// The Cache Management API's `strategy`, which is two things here: what leaves a cache first, and
/// how a write reaches what lies behind it. Both are settings of a cache, so a request may name one
/// but does not change it ([why](../../../../../../../../docs/decisions/0020-other-systems.md)).
final class CacheManagementStrategy {

  static final String USUAL = "lru";
  static final List<String> NAMES =
      List.of("lru", "lfu", "fifo", "ttl", "write_through", "write_behind");
  private static final Set<String> EVICTIONS = Set.of("lru", "lfu", "fifo", "ttl");

  private CacheManagementStrategy() {}

  static boolean isEviction(String name) {
    return EVICTIONS.contains(name);
  }

  /// Refuses what is no strategy, and what the cache does not do.
  static void check(String name, NamedCache cache, ForeignBody body) {
    if (!NAMES.contains(name)) {
      throw body.refused("strategy", "one of " + String.join(", ", NAMES), "It is no strategy.");
    }
    boolean isThroughOnly = cache.traits().writeMode() != WriteMode.WRITE_BEHIND;
    if (name.equals("write_behind") && cache.tiered().isPresent() && isThroughOnly) {
      throw new RequestRefused(
          Problem.of(
              ProblemType.CONFLICT,
              "Writes to this backend are acknowledged by its tier first (write_through); its"
                  + " write_mode is decided when the cache is made (its write_mode, or entries.write_mode)."));
    }
  }
}
