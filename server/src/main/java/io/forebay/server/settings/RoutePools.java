package io.forebay.server.settings;

import io.forebay.proxy.origin.OriginSource;
import io.forebay.proxy.origin.PoolSettings;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Finds the pool that a route means. Routes that list the same origins share a pool, which has the
/// name of the first of them, so that an origin's limits and health are one thing.
final class RoutePools {

  private final ResolvedSettings.Values node;
  private final Map<String, PoolSettings> named = new HashMap<>();
  private final Map<List<OriginSource>, PoolSettings> listed = new HashMap<>();

  private RoutePools(ResolvedSettings.Values node) {
    this.node = node;
  }

  static RoutePools of(ResolvedSettings settings) {
    RoutePools pools = new RoutePools(settings.values());
    for (var item : settings.items(PoolDeclarations.PROXY_POOLS)) {
      pools.named.put(item.name(), PoolDeclarations.read(item, settings.values()));
    }
    return pools;
  }

  PoolSettings named(String name) {
    PoolSettings pool = named.get(name);
    if (pool == null) {
      throw new IllegalStateException("the settings were checked, and yet no pool is " + name);
    }
    return pool;
  }

  /// @param name for a pool that no other route has
  PoolSettings ofList(String name, List<OriginSource> origins) {
    return listed.computeIfAbsent(origins, list -> PoolDeclarations.plain(name, list, node));
  }
}
