package io.forebay.server.v1;

import io.forebay.cache.tier.TierObserver.Operation;
import io.forebay.cache.tier.TierStatistics;
import io.forebay.server.access.Role;
import io.forebay.server.api.ApiRequest;
import io.forebay.server.api.ApiResponse;
import io.forebay.server.api.ApiRoute;
import io.forebay.server.tiers.TierCallFigures;
import io.forebay.server.tiers.TierFigures;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/// `GET /v1/tiers`: every tier, how it is, and what became of calls to it.
public final class TierRoutes {

  private final Supplier<List<TierFigures>> tiers;

  private TierRoutes(Supplier<List<TierFigures>> tiers) {
    this.tiers = tiers;
  }

  public static List<ApiRoute> of(Supplier<List<TierFigures>> tiers) {
    return List.of(ApiRoute.of("GET", "/v1/tiers", Role.READ, new TierRoutes(tiers)::list));
  }

  private ApiResponse list(ApiRequest request) {
    request.query().only(Set.of());
    return ApiResponse.json(
        200, Map.of("tiers", tiers.get().stream().map(TierRoutes::view).toList()));
  }

  private static Map<String, Object> view(TierFigures tier) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("name", tier.name());
    view.put("where", tier.where());
    view.put("shared", tier.shared());
    view.put("abilities", tier.abilities().stream().map(TierRoutes::text).sorted().toList());
    var condition = tier.condition();
    view.put("connected", condition.connected());
    view.put("breaker", text(condition.breaker()));
    condition.bytes().ifPresent(bytes -> view.put("bytes", bytes));
    condition.values().ifPresent(values -> view.put("values", values));
    view.put("calls_under_way", condition.underWay());
    condition
        .backlog()
        .ifPresent(backlog ->
            view.put(
                "backlog",
                Map.of(
                    "writes", backlog.writes(),
                    "bytes", backlog.bytes(),
                    "oldest_seconds", backlog.oldest().toNanos() / 1e9)));
    if (!condition.events().isEmpty()) {
      view.put("events", new TreeMap<>(condition.events()));
    }
    Map<String, Object> calls = new LinkedHashMap<>();
    for (Operation operation : Operation.values()) {
      TierCallFigures figures = tier.calls().get(operation);
      if (figures != null && figures.answered() + figures.failures() > 0) {
        calls.put(text(operation), view(figures));
      }
    }
    view.put("calls", calls);
    Map<String, Object> caches = new TreeMap<>();
    tier.caches().forEach((name, statistics) -> caches.put(name, view(statistics)));
    view.put("caches", caches);
    return view;
  }

  private static Map<String, Object> view(TierCallFigures calls) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("answered", calls.answered());
    if (calls.answered() > 0) {
      view.put("mean_seconds", calls.seconds() / calls.answered());
      putFinite(view, "p50_seconds", calls.quantile(0.5));
      putFinite(view, "p99_seconds", calls.quantile(0.99));
    }
    Map<String, Long> failed = new TreeMap<>();
    calls
        .failed()
        .forEach((kind, count) -> {
          if (count > 0) {
            failed.put(text(kind), count);
          }
        });
    view.put("failed", failed);
    return view;
  }

  /// Beyond the last bucket nobody knows.
  private static void putFinite(Map<String, Object> view, String name, double seconds) {
    if (Double.isFinite(seconds)) {
      view.put(name, seconds);
    }
  }

  private static Map<String, Object> view(TierStatistics cache) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("hits", cache.hits());
    view.put("misses", cache.misses());
    view.put("distrusted", cache.distrusted());
    view.put("unreadable", cache.unreadable());
    view.put("reads_failed", cache.readsFailed());
    view.put("writes_failed", cache.writesFailed());
    return view;
  }

  private static String text(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
