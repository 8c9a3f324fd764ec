package io.forebay.server.pages;

import io.forebay.cache.Invalidation;
import io.forebay.http.FieldLine;
import io.forebay.http.FieldSyntax;
import io.forebay.http.HttpFields;
import io.forebay.http.caching.Freshness;
import io.forebay.http.caching.KeyDerivation;
import io.forebay.http.caching.StaleOnErrorDecision;
import io.forebay.proxy.Explanation;
import io.forebay.proxy.fetch.FetchReport;
import io.forebay.proxy.origin.PoolFigures;
import io.forebay.proxy.pages.PageMark;
import io.forebay.proxy.pages.PageStore;
import io.forebay.proxy.route.Route;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// An explanation as JSON: members in snake_case, spans in seconds with up to three decimals,
/// instants in RFC 3339. What does not apply is left out. `docs/concepts/explain.md` shows one.
public final class ExplanationView {

  private ExplanationView() {}

  /// @param pool of the route; shown if an origin would be asked
  static Map<String, Object> of(Explanation explanation, Optional<PoolFigures> pool) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("at", explanation.at());
    view.put("request", request(explanation));
    explanation.route().ifPresent(route -> view.put("route", route(route)));
    explanation.key().ifPresent(key -> view.put("key", key(key)));
    view.put("decision", decision(explanation.decision()));
    if (!explanation.varies().isEmpty()) {
      view.put("varies_on", varies(explanation.varies()));
    }
    if (explanation.key().isPresent()) {
      view.put("stored", explanation.stored().stream().map(ExplanationView::stored).toList());
    }
    explanation
        .collapsing()
        .ifPresent(how -> {
          view.put("collapsing", collapsing(how));
          pool.ifPresent(figures -> view.put("pool", OriginsView.brief(figures)));
        });
    explanation.invalidation().ifPresent(mark -> view.put("last_invalidation", mark(mark)));
    explanation.lastFetch().ifPresent(report -> view.put("last_fetch", fetch(report)));
    return view;
  }

  private static Map<String, Object> request(Explanation explanation) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("method", explanation.request().method());
    view.put("host", explanation.request().authority());
    view.put("target", explanation.request().target());
    view.put(
        "fields",
        explanation.request().fields().stream()
            .map(line -> line.name() + ": " + shown(line))
            .toList());
    return view;
  }

  /// An explanation may be kept and shown around.
  private static String shown(FieldLine line) {
    boolean isSecret =
        line.isNamed("Authorization")
            || line.isNamed("Cookie")
            || line.isNamed("Proxy-Authorization");
    return isSecret ? "(not shown)" : line.value();
  }

  private static Map<String, Object> route(Route route) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("name", route.name());
    route.host().ifPresent(host -> view.put("host", host));
    view.put("path", route.path());
    view.put("origins", route.pool().sources().stream().map(Object::toString).toList());
    return view;
  }

  private static Map<String, Object> key(KeyDerivation key) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("uri", key.key().uri());
    view.put("changes", key.changes().stream().map(ExplanationView::change).toList());
    return view;
  }

  private static Map<String, Object> change(KeyDerivation.Change change) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("part", change.part());
    view.put("received", change.received());
    if (!change.inKey().isEmpty()) {
      view.put("in_key", change.inKey());
    }
    view.put("why", change.why());
    return view;
  }

  private static Map<String, Object> decision(Explanation.Decision decision) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("action", name(decision.action()));
    view.put("reason", decision.reason());
    view.put("sentence", decision.sentence());
    decision.status().ifPresent(status -> view.put("status", status));
    decision.cacheStatus().ifPresent(value -> view.put("cache_status", value));
    return view;
  }

  private static Set<String> varies(List<HttpFields> varies) {
    Set<String> names = new LinkedHashSet<>();
    for (HttpFields vary : varies) {
      FieldSyntax.listMembers(vary, "Vary").forEach(name -> names.add(FieldSyntax.lowerCase(name)));
    }
    return names;
  }

  private static Map<String, Object> stored(Explanation.Stored stored) {
    var page = stored.page();
    Freshness freshness = page.freshness();
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("selected", stored.isSelected());
    view.put("matches_vary", stored.matches());
    view.put("status", page.response().status());
    page.storedPart()
        .flatMap(part -> page.response().fields().first("Content-Range"))
        .ifPresent(range -> view.put("part", range));
    if (!page.variantKey().isEmpty()) {
      view.put("variant", page.variantKey().lines().toList());
    }
    view.put("fresh", stored.isFresh());
    view.put("age_seconds", seconds(page.currentAge()));
    view.put("initial_age_seconds", seconds(page.page().initialAge()));
    view.put("freshness_lifetime_seconds", seconds(freshness.lifetime()));
    view.put("freshness_source", name(freshness.source()));
    view.put("remaining_seconds", seconds(freshness.remainingAt(page.currentAge())));
    view.put("staleness_seconds", seconds(stored.staleness()));
    view.put("stale_while_revalidate_seconds", seconds(freshness.staleWhileRevalidate()));
    view.put("stale_while_revalidate_source", name(freshness.staleWhileRevalidateSource()));
    view.put("stale_if_error_seconds", seconds(freshness.staleIfError()));
    view.put("stale_if_error_source", name(freshness.staleIfErrorSource()));
    view.put("stale_when_disconnected_seconds", seconds(freshness.staleWhenDisconnected()));
    view.put("must_revalidate", freshness.mustRevalidate());
    view.put("no_cache", freshness.noCache());
    view.put("if_origin_answers_with_an_error", onError(stored.onErrorResponse()));
    view.put("if_origin_is_unreachable", onError(stored.onUnreachable()));
    view.put("received_at", stored.receivedAt());
    view.put("load_began_at_position", page.loadBegan().toString());
    view.put("softly_invalidated", page.softInvalidated());
    view.put("tags", PageStore.originTags(page.tags()));
    page.response().fields().first("ETag").ifPresent(tag -> view.put("etag", tag));
    page.response()
        .fields()
        .first("Last-Modified")
        .ifPresent(date -> view.put("last_modified", date));
    view.put("body_bytes", page.page().body().length);
    return view;
  }

  private static Map<String, Object> onError(StaleOnErrorDecision decision) {
    Map<String, Object> view = new LinkedHashMap<>();
    switch (decision) {
      case StaleOnErrorDecision.Permitted _ -> view.put("served_stale", true);
      case StaleOnErrorDecision.Forbidden(var reason) -> {
        view.put("served_stale", false);
        view.put("reason", name(reason));
      }
    }
    return view;
  }

  private static Map<String, Object> collapsing(Explanation.Collapsing how) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("allowed", how.isAllowed());
    view.put("proved_unshareable_lately", how.isUncollapsible());
    view.put("would_wait_for_a_fetch_under_way", how.wouldJoin());
    return view;
  }

  private static Map<String, Object> mark(PageMark mark) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("position", mark.position().toString());
    view.put("mode", mark.mode() == Invalidation.Mode.HARD ? "hard" : "soft");
    view.put("by", name(mark.by()));
    if (!mark.name().isEmpty()) {
      view.put("name", mark.name());
    }
    return view;
  }

  private static Map<String, Object> fetch(FetchReport report) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("at", report.at());
    view.put("method", report.method());
    report.status().ifPresent(status -> view.put("status", status));
    view.put("outcome", report.fate().code());
    view.put("sentence", report.fate().sentence());
    return view;
  }

  static BigDecimal seconds(Duration span) {
    BigDecimal exact = BigDecimal.valueOf(span.toMillis(), 3).stripTrailingZeros();
    return exact.scale() < 0 ? exact.setScale(0) : exact;
  }

  private static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
