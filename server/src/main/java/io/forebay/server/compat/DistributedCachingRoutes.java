package io.forebay.server.compat;

import io.forebay.cache.EntryFacts;
import io.forebay.cache.GlobPattern;
import io.forebay.cache.Invalidation;
import io.forebay.cache.InvalidationOrder;
import io.forebay.cache.Scope;
import io.forebay.server.access.Role;
import io.forebay.server.api.ApiRequest;
import io.forebay.server.api.ApiResponse;
import io.forebay.server.api.ApiRoute;
import io.forebay.server.api.Problem;
import io.forebay.server.api.ProblemType;
import io.forebay.server.api.RequestRefused;
import io.forebay.server.audit.AuditedOperation;
import io.forebay.server.caches.EntryDraft;
import io.forebay.server.caches.EntryRules;
import io.forebay.server.caches.EntryView;
import io.forebay.server.compat.ForeignAnswers.Deletion;
import io.forebay.server.compat.ForeignAnswers.Invalidated;
import io.forebay.server.compat.ForeignAnswers.Stored;
import io.forebay.server.invalidation.InvalidationService.PreviewOutcome;
import io.forebay.server.invalidation.PreviewPage;
import io.forebay.server.warming.WarmingOrder;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The Distributed Caching and Cache Invalidation System: entries, invalidation, warming and
/// figures. Its text prints no payloads; these are the smallest that do what it says, and
/// `docs/concepts/compat.md` lists them. Spans are in seconds, an error is `{"error": …}`.
final class DistributedCachingRoutes {

  private static final int MAX_KEYS = 100_000;
  private static final int MAX_PREVIEWED = 1_000;
  private static final long KEYS_BODY_BYTES = 8L << 20;

  private final CompatRoutes.Parts parts;

  private DistributedCachingRoutes(CompatRoutes.Parts parts) {
    this.parts = parts;
  }

  static List<ApiRoute> of(CompatRoutes.Parts parts) {
    var routes = new DistributedCachingRoutes(parts);
    String entry = "/api/cache/{key}";
    var store = parts.audited().entryWrite(AuditedOperation.ENTRY_PUT, routes::store);
    var delete = parts.audited().entryWrite(AuditedOperation.ENTRY_DELETE, routes::delete);
    return List.of(
            ApiRoute.of("GET", "/api/cache/keys", Role.READ, request -> keys(parts, request)),
            ApiRoute.of("GET", entry, Role.READ, routes::retrieve),
            ApiRoute.of("PUT", entry, Role.WRITE, store).withBody(parts.maxBodyBytes()),
            ApiRoute.of("DELETE", entry, Role.WRITE, delete),
            ApiRoute.open("GET", "/health", _ -> parts.health()),
            ApiRoute.of("POST", "/api/invalidate", Role.PURGE, routes::invalidateKeys)
                .withBody(KEYS_BODY_BYTES),
            ApiRoute.of("POST", "/api/invalidate/pattern", Role.PURGE, routes::invalidatePattern)
                .withBody(CompatRoutes.SMALL_BODY_BYTES),
            ApiRoute.of("GET", "/api/invalidate/preview", Role.READ, routes::preview),
            ApiRoute.of("GET", "/api/warming/jobs", Role.READ, routes::jobs),
            ApiRoute.of("POST", "/api/warming/trigger", Role.WRITE, routes::trigger)
                .withBody(KEYS_BODY_BYTES),
            ApiRoute.of("GET", "/api/warming/history", Role.READ, routes::warmingHistory),
            ApiRoute.of("GET", "/api/metrics", Role.READ, routes::metrics),
            ApiRoute.of("GET", "/api/metrics/history", Role.READ, routes::metricsHistory))
        .stream()
        .map(route -> route.inTheMannerOf(CompatRoutes.TOKEN_FIELDS, ForeignAnswers::error))
        .toList();
  }

  // ---- entries

  private ApiResponse retrieve(ApiRequest request) {
    return ApiResponse.json(
        200,
        parts
            .answers()
            .read(CompatRoutes.CACHE, request.path("key"))
            .map(DistributedCachingRoutes::view)
            .orElseThrow(DistributedCachingRoutes::notFound));
  }

  private ApiResponse store(ApiRequest request) {
    ForeignBody body = ForeignBody.of(request);
    var draft =
        new EntryDraft(
            ForeignValue.json(body.required("value", "any JSON")),
            body.seconds("ttl"),
            Optional.empty(),
            body.texts("tags", EntryRules.MAX_TAGS),
            Map.of());
    String key = request.path("key");
    Stored stored = parts.answers().write(CompatRoutes.CACHE, key, draft);
    Duration ttl = draft.fresh().orElse(parts.cache(CompatRoutes.CACHE).defaultTtl());
    Map<String, Object> view = CompatRoutes.members("key", key, "stored", true);
    if (stored != Stored.PENDING) {
      view.put("created", stored == Stored.CREATED);
    }
    view.put("ttl", ttl.toSeconds());
    return ForeignAnswers.done(stored == Stored.PENDING, view);
  }

  private static Map<String, Object> view(EntryView entry) {
    return CompatRoutes.members(
        "key", entry.key(),
        "value", ForeignValue.toJson(entry.value()),
        "ttl", entry.lifetime().toSeconds(),
        "remaining_ttl", Math.ceilDiv(entry.freshLeft().toMillis(), 1000L),
        "created_at", entry.facts().created().truncatedTo(ChronoUnit.MILLIS),
        "expires_at", entry.facts().freshUntil().truncatedTo(ChronoUnit.MILLIS),
        "access_count", entry.facts().accessCount(),
        "tags", entry.tags());
  }

  private ApiResponse delete(ApiRequest request) {
    String key = request.path("key");
    Deletion deletion = parts.answers().delete(CompatRoutes.CACHE, key);
    if (deletion == Deletion.ABSENT) {
      throw notFound();
    }
    return ForeignAnswers.done(
        deletion == Deletion.PENDING, CompatRoutes.members("key", key, "deleted", true));
  }

  private static RequestRefused notFound() {
    return new RequestRefused(Problem.of(ProblemType.NO_SUCH_ENTRY, "key not found"));
  }

  /// `GET /api/cache/keys`, which two of the systems have.
  static ApiResponse keys(CompatRoutes.Parts parts, ApiRequest request) {
    int limit = ForeignQuery.number(request, "limit", 100, 1, ForeignListing.MAX_LIMIT);
    int offset = ForeignQuery.number(request, "offset", 0, 0, ForeignListing.MAX_OFFSET);
    String cache =
        request.query().value("backend").map(parts.backends()::cache).orElse(CompatRoutes.CACHE);
    ForeignListing.Page page =
        parts
            .listing()
            .list(
                cache,
                request.query().value("pattern").filter(text -> !text.isEmpty()),
                offset,
                limit);
    return ApiResponse.json(
        200,
        CompatRoutes.members(
            "keys", page.entries().stream().map(EntryFacts::key).toList(),
            "count", page.entries().size(),
            "limit", limit,
            "offset", offset,
            "has_more", page.hasMore()));
  }

  // ---- invalidation

  private ApiResponse invalidateKeys(ApiRequest request) {
    ForeignBody body = ForeignBody.of(request);
    Set<String> keys = new LinkedHashSet<>(body.texts("keys", MAX_KEYS));
    if (keys.isEmpty() || keys.contains("")) {
      throw body.refused(
          "keys", "an array of 1 to " + MAX_KEYS + " keys", "It is missing or empty.");
    }
    List<InvalidationOrder> orders = new ArrayList<>();
    List<String> batch = new ArrayList<>();
    int batchSize = parts.settings().compat().invalidationBatchSize();
    for (String key : keys) {
      batch.add(key);
      if (batch.size() == batchSize) {
        orders.add(order(new Scope.Keys(Set.copyOf(batch))));
        batch.clear();
      }
    }
    if (!batch.isEmpty()) {
      orders.add(order(new Scope.Keys(Set.copyOf(batch))));
    }
    return carryOut(request, body, orders, Map.of("keys", keys.size()));
  }

  private ApiResponse invalidatePattern(ApiRequest request) {
    ForeignBody body = ForeignBody.of(request);
    String pattern = body.requiredText("pattern");
    return carryOut(request, body, List.of(order(patterns(pattern))), Map.of("pattern", pattern));
  }

  private ApiResponse carryOut(
      ApiRequest request,
      ForeignBody body,
      List<InvalidationOrder> orders,
      Map<String, Object> asked) {
    Map<String, Object> view = new LinkedHashMap<>(asked);
    if (body.flag("dry_run").orElse(false)) {
      view.put("dry_run", true);
      view.put("invalidated", 0);
      view.put("would_invalidate", preview(orders, 0).entries());
      return ApiResponse.json(200, view);
    }
    Invalidated done = parts.answers().invalidate(request, orders);
    view.put("dry_run", false);
    view.put("invalidated", done.affected());
    view.put("counted", done.isCounted());
    view.put("id", done.id());
    return ForeignAnswers.done(done.isPending(), view);
  }

  private ApiResponse preview(ApiRequest request) {
    String pattern =
        request
            .query()
            .value("pattern")
            .orElseThrow(() ->
                new RequestRefused(
                    Problem.invalid("pattern", "a pattern such as users:*", "It is missing.")));
    int limit = ForeignQuery.number(request, "limit", 100, 1, MAX_PREVIEWED);
    PreviewPage page = preview(List.of(order(patterns(pattern))), limit);
    return ApiResponse.json(
        200,
        CompatRoutes.members(
            "pattern", pattern,
            "count", page.entries(),
            "keys", page.matches().stream().map(match -> match.facts().key()).toList(),
            "has_more", page.next().isPresent()));
  }

  private PreviewPage preview(List<InvalidationOrder> orders, int limit) {
    return switch (parts
        .invalidations()
        .preview(orders, Optional.empty(), Optional.empty(), limit)) {
      case PreviewOutcome.Found(var page) -> page;
      case PreviewOutcome.Refused(var problem) -> throw new RequestRefused(problem);
    };
  }

  private static InvalidationOrder order(Scope scope) {
    return new InvalidationOrder(Optional.of(CompatRoutes.CACHE), scope, Invalidation.Mode.HARD);
  }

  static Scope patterns(String pattern) {
    return new Scope.Patterns(
        Set.of(
            GlobPattern.parse(pattern)
                .filter(glob -> !pattern.isEmpty())
                .orElseThrow(() ->
                    new RequestRefused(
                        Problem.invalid(
                            "pattern",
                            "a pattern of 1 to " + GlobPattern.MAX_LENGTH + " characters",
                            "It is empty, too long, or has a bracket without end.")))));
  }

  // ---- warming

  private ApiResponse jobs(ApiRequest request) {
    return ApiResponse.json(
        200,
        CompatRoutes.members(
            "jobs", parts.warming().jobs().stream().map(job -> job.members()).toList()));
  }

  private ApiResponse trigger(ApiRequest request) {
    ForeignBody body = ForeignBody.of(request);
    List<String> keys = body.texts("keys", WarmingOrder.MAX_TARGETS);
    List<String> urls = body.texts("urls", WarmingOrder.MAX_TARGETS);
    if (keys.isEmpty() == urls.isEmpty()) {
      throw body.refused(
          "keys", "either keys or urls, an array of texts", "There are both, or neither.");
    }
    WarmingOrder order =
        keys.isEmpty()
            ? new WarmingOrder.Urls(urls)
            : new WarmingOrder.Keys(CompatRoutes.CACHE, keys);
    return parts
        .warming()
        .submit(order, request.principal().name())
        .map(job -> ApiResponse.json(202, job.members()))
        .orElseThrow(() ->
            new RequestRefused(
                Problem.of(
                    ProblemType.OVERLOADED, "Too many warming jobs wait; try again shortly.")));
  }

  private ApiResponse warmingHistory(ApiRequest request) {
    int limit = ForeignQuery.number(request, "limit", 100, 1, 1_000);
    return ApiResponse.json(200, CompatRoutes.members("history", parts.warming().history(limit)));
  }

  // ---- figures

  private ApiResponse metrics(ApiRequest request) {
    return ApiResponse.json(200, parts.figures().members()).with("Cache-Control", "no-store");
  }

  private ApiResponse metricsHistory(ApiRequest request) {
    Duration window = window(request.query().value("window").orElse("1h"));
    int points = ForeignQuery.number(request, "points", 1_000, 1, 10_000);
    var history =
        parts
            .history()
            .orElseThrow(() ->
                new RequestRefused(
                    Problem.of(
                        ProblemType.CONFLICT, "No history is kept: history.enabled is off.")));
    return ApiResponse.json(
        200,
        CompatRoutes.members(
            "window_seconds", window.toSeconds(),
            "interval_seconds", history.interval().toMillis() / 1000.0,
            "samples", history.since(window, points)));
  }

  private static Duration window(String text) {
    return io.forebay.server.settings.Durations.parse(text)
        .filter(span -> span.isPositive() && span.compareTo(Duration.ofDays(366)) < 0)
        .orElseThrow(() ->
            new RequestRefused(
                Problem.invalid("window", "a span such as 1m, 5m, 1h or 24h", "It is none.")));
  }
}
