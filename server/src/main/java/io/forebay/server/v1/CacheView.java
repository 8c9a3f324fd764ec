package io.forebay.server.v1;

import io.forebay.cache.Cache;
import io.forebay.cache.CacheStatistics;
import io.forebay.cache.policy.HitObjective;
import io.forebay.server.caches.NamedCache;
import io.forebay.server.settings.ByteSize;
import io.forebay.server.settings.Durations;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/// A cache as JSON.
final class CacheView {

  private CacheView() {}

  /// Settings in force, then how full it is.
  static Map<String, Object> of(NamedCache named) {
    Map<String, Object> view = new LinkedHashMap<>();
    var bounds = named.cache().bounds();
    view.put("name", named.name());
    view.put("max_bytes", new ByteSize(bounds.maxBytes()).toString());
    if (bounds.maxEntries() != Long.MAX_VALUE) {
      view.put("max_entries", bounds.maxEntries());
    }
    view.put("default_ttl", Durations.render(named.defaultTtl()));
    view.put("eviction_policy", named.cache().evictionPolicy());
    view.put("eviction_objective", name(named.cache().hitObjective()));
    view.put("what_if", named.traits().whatIf());
    view.put("tier", named.traits().tier().text());
    if (named.tiered().isPresent()) {
      view.put("write_mode", named.traits().writeMode().name().toLowerCase(Locale.ROOT));
    }
    var statistics = named.cache().statistics();
    view.put("entries", statistics.entries());
    view.put("weight_bytes", statistics.weightBytes());
    return view;
  }

  private static String name(HitObjective objective) {
    return objective.name().toLowerCase(Locale.ROOT);
  }

  /// All figures of one cache.
  static Map<String, Object> statistics(Cache<?, ?> cache) {
    CacheStatistics figures = cache.statistics();
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("name", cache.name());
    view.put("eviction_policy", cache.evictionPolicy());
    view.put("entries", figures.entries());
    view.put("weight_bytes", figures.weightBytes());
    view.put("max_bytes", cache.bounds().maxBytes());
    view.put("hits", figures.hits());
    view.put("stale_hits", figures.staleHits());
    view.put("misses", figures.misses());
    view.put("misses_absent", figures.missesAbsent());
    view.put("misses_expired", figures.missesExpired());
    view.put("misses_invalidated", figures.missesInvalidated());
    view.put("hit_ratio", figures.hitRatio());
    view.put("writes", figures.writes());
    view.put("writes_refused", figures.writesRefused());
    view.put("removals", figures.removals());
    view.put("evictions_for_bytes", figures.evictionsForBytes());
    view.put("evictions_for_entries", figures.evictionsForEntries());
    view.put("expirations_on_access", figures.expirationsOnAccess());
    view.put("expirations_in_background", figures.expirationsInBackground());
    view.put("invalidations", figures.invalidations());
    view.put("swept_after_invalidation", figures.sweptAfterInvalidation());
    view.put("barriers", figures.barriers());
    view.put("barrier_overflows", figures.barrierOverflows());
    view.put("notifications_dropped", figures.notificationsDropped());
    return view;
  }
}
