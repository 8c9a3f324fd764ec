package io.forebay.server.pages;

import io.forebay.proxy.origin.OriginFigures;
import io.forebay.proxy.origin.PoolFigures;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// Pools and their origins as JSON: members in snake_case, spans in seconds. What does not apply is
/// left out. `docs/concepts/origins.md` shows one.
public final class OriginsView {

  private OriginsView() {}

  /// @param routes the names of each pool's routes
  static Map<String, Object> of(List<PoolFigures> pools, Map<String, List<String>> routes) {
    return Map.of(
        "pools",
        pools.stream().map(pool -> of(pool, routes.getOrDefault(pool.name(), List.of()))).toList());
  }

  private static Map<String, Object> of(PoolFigures pool, List<String> routes) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("name", pool.name());
    view.put("routes", routes);
    view.put("waiting", pool.waiting());
    view.put("refused_full", pool.refusedFull());
    view.put("refused_late", pool.refusedLate());
    view.put("spared", pool.spared());
    view.put("retries", pool.retries());
    view.put("retries_refused", pool.retriesRefused());
    view.put("failed_lookups", pool.failedLookups());
    if (!pool.problems().isEmpty()) {
      view.put("problems", new TreeMap<>(pool.problems()));
    }
    view.put("origins", pool.origins().stream().map(OriginsView::of).toList());
    return view;
  }

  private static Map<String, Object> of(OriginFigures origin) {
    Map<String, Object> view = brief(origin);
    view.put("weight", origin.listed().weight());
    view.put("priority", origin.listed().priority());
    view.put("state_seconds", ExplanationView.seconds(origin.standing().since()));
    view.put("requests", origin.requests());
    view.put("fills_under_way", origin.fillsUnderWay());
    view.put("connections", origin.connections());
    view.put("failures", origin.failures());
    view.put("times_down", origin.timesDown());
    if (origin.goodChecks() + origin.badChecks() > 0) {
      view.put("good_checks", origin.goodChecks());
      view.put("bad_checks", origin.badChecks());
    }
    return view;
  }

  /// What an explanation says of the pool that it would ask.
  static Map<String, Object> brief(PoolFigures pool) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("name", pool.name());
    view.put("waiting", pool.waiting());
    view.put("origins", pool.origins().stream().map(OriginsView::brief).toList());
    return view;
  }

  private static Map<String, Object> brief(OriginFigures origin) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("origin", origin.listed().origin().toString());
    view.put("state", origin.standing().state().name().toLowerCase(Locale.ROOT));
    if (!origin.standing().why().isEmpty()) {
      view.put("why", origin.standing().why());
    }
    origin
        .standing()
        .lasts()
        .ifPresent(span -> view.put("left_alone_seconds", ExplanationView.seconds(span)));
    view.put("under_way", origin.underWay());
    return view;
  }
}
