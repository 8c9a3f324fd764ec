package io.forebay.server.compat;

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
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// DistroCache: items as JSON documents whose `ttl` is asked for in seconds and answered in
/// nanoseconds. A miss is 404, an error is `{"error": …}`.
final class DistroCacheRoutes {

  private static final String ITEM = "/api/v1/cache/{key...}";

  private final CompatRoutes.Parts parts;

  private DistroCacheRoutes(CompatRoutes.Parts parts) {
    this.parts = parts;
  }

  static List<ApiRoute> of(CompatRoutes.Parts parts) {
    var routes = new DistroCacheRoutes(parts);
    var store = parts.audited().entryWrite(AuditedOperation.ENTRY_PUT, routes::store);
    var delete = parts.audited().entryWrite(AuditedOperation.ENTRY_DELETE, routes::delete);
    return List.of(
            ApiRoute.of("GET", ITEM, Role.READ, routes::retrieve),
            ApiRoute.of("POST", ITEM, Role.WRITE, store).withBody(parts.maxBodyBytes()),
            ApiRoute.of("PUT", ITEM, Role.WRITE, store).withBody(parts.maxBodyBytes()),
            ApiRoute.of("DELETE", ITEM, Role.WRITE, delete),
            ApiRoute.of(
                    "POST", "/api/v1/invalidate/tag/{tag...}", Role.PURGE, routes::invalidateTag)
                .withBody(CompatRoutes.IGNORED_BODY_BYTES),
            ApiRoute.of("GET", "/api/v1/stats", Role.READ, routes::statistics),
            ApiRoute.open("GET", "/api/v1/health", _ -> parts.health()))
        .stream()
        .map(route -> route.inTheMannerOf(CompatRoutes.TOKEN_FIELDS, ForeignAnswers::error))
        .toList();
  }

  private ApiResponse retrieve(ApiRequest request) {
    return ApiResponse.json(
        200,
        parts
            .answers()
            .read(CompatRoutes.CACHE, request.path("key"))
            .map(DistroCacheRoutes::item)
            .orElseThrow(DistroCacheRoutes::notFound));
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
    return ForeignAnswers.done(
        stored == Stored.PENDING,
        parts
            .answers()
            .peek(CompatRoutes.CACHE, key)
            .map(DistroCacheRoutes::item)
            .orElseGet(() -> new LinkedHashMap<>(Map.of("key", key))));
  }

  /// The item document; times are RFC 3339 in UTC.
  private static Map<String, Object> item(EntryView entry) {
    Map<String, Object> item = new LinkedHashMap<>();
    item.put("key", entry.key());
    item.put("value", ForeignValue.toJson(entry.value()));
    item.put("ttl", entry.lifetime().toNanos());
    item.put("created_at", entry.facts().created().truncatedTo(ChronoUnit.MILLIS));
    item.put("accessed_at", entry.facts().accessed().truncatedTo(ChronoUnit.MILLIS));
    item.put("access_count", entry.facts().accessCount());
    item.put("tags", entry.tags());
    return item;
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

  private ApiResponse invalidateTag(ApiRequest request) {
    String tag = request.path("tag");
    EntryRules.brokenByTags(List.of(tag))
        .ifPresent(violation -> {
          throw new RequestRefused(ForeignAnswers.problem(violation));
        });
    Invalidated done =
        parts
            .answers()
            .invalidate(
                request,
                List.of(
                    new InvalidationOrder(
                        Optional.empty(), new Scope.Tags(Set.of(tag)), Invalidation.Mode.HARD)));
    return ForeignAnswers.done(
        done.isPending(),
        CompatRoutes.members("tag", tag, "invalidated", done.affected(), "id", done.id()));
  }

  private ApiResponse statistics(ApiRequest request) {
    var figures = parts.cache(CompatRoutes.CACHE).cache().statistics();
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("hits", figures.hits() + figures.staleHits());
    view.put("misses", figures.misses());
    view.put("sets", figures.writes());
    view.put("deletes", figures.removals());
    view.put("evictions", figures.evictionsForBytes() + figures.evictionsForEntries());
    view.put("items", figures.entries());
    view.put("hit_rate", figures.hitRatio());
    view.put("memory_bytes", figures.weightBytes());
    return ApiResponse.json(200, view);
  }

  private static RequestRefused notFound() {
    return new RequestRefused(Problem.of(ProblemType.NO_SUCH_ENTRY, "key not found"));
  }
}
