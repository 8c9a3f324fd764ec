package io.forebay.server.compat;

import io.forebay.cache.EntryFacts;
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
import io.forebay.server.caches.EntryRules;
import io.forebay.server.caches.EntryView;
import io.forebay.server.compat.ForeignAnswers.Deletion;
import io.forebay.server.compat.ForeignAnswers.Invalidated;
import io.forebay.server.compat.ForeignAnswers.Stored;
import io.forebay.server.warming.WarmingJob;
import io.forebay.server.warming.WarmingOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// The Cache Management API. A missing key is `found: false` with status 200; a request that does
/// not fit is 422 with `detail`, as its clients know it.
final class CacheManagementRoutes {

  private static final int MAX_BATCH = 1_000;
  private static final int MAX_EXPORTED = 10_000;
  private static final long MAX_ANSWERED_BYTES = 32L << 20;

  private final CompatRoutes.Parts parts;

  private CacheManagementRoutes(CompatRoutes.Parts parts) {
    this.parts = parts;
  }

  static List<ApiRoute> of(CompatRoutes.Parts parts) {
    var routes = new CacheManagementRoutes(parts);
    var config = new CacheManagementConfig(parts);
    var audited = parts.audited();
    long bodyBytes = parts.maxBodyBytes();
    return List.of(
            ApiRoute.of(
                    "POST",
                    "/api/cache/set",
                    Role.WRITE,
                    audited.entryWrite(AuditedOperation.ENTRY_PUT, routes::set))
                .withBody(bodyBytes),
            ApiRoute.of("GET", "/api/cache/get/{key...}", Role.READ, routes::get),
            ApiRoute.of(
                "DELETE",
                "/api/cache/delete/{key...}",
                Role.WRITE,
                audited.entryWrite(AuditedOperation.ENTRY_DELETE, routes::delete)),
            ApiRoute.of("POST", "/api/cache/clear", Role.PURGE, routes::clear)
                .withBody(CompatRoutes.IGNORED_BODY_BYTES),
            ApiRoute.of(
                    "POST",
                    "/api/cache/set-batch",
                    Role.WRITE,
                    audited.entryWrite(AuditedOperation.ENTRIES_BATCH_PUT, routes::setBatch))
                .withBody(bodyBytes),
            ApiRoute.of("POST", "/api/cache/get-batch", Role.READ, routes::getBatch)
                .withBody(bodyBytes),
            ApiRoute.of(
                "GET",
                "/api/cache/keys",
                Role.READ,
                request -> DistributedCachingRoutes.keys(parts, request)),
            ApiRoute.of("GET", "/api/cache/stats", Role.READ, routes::statistics),
            ApiRoute.of("GET", "/api/cache/config", Role.READ, config::get),
            ApiRoute.of(
                    "POST",
                    "/api/cache/config",
                    Role.ADMIN,
                    audited.change(AuditedOperation.CACHE_PUT, config::post))
                .withBody(CompatRoutes.SMALL_BODY_BYTES),
            ApiRoute.of(
                    "POST",
                    "/api/cache/warm",
                    Role.WRITE,
                    audited.entryWrite(AuditedOperation.ENTRIES_BATCH_PUT, routes::warm))
                .withBody(bodyBytes),
            ApiRoute.of("POST", "/api/cache/invalidate", Role.PURGE, routes::invalidate)
                .withBody(CompatRoutes.SMALL_BODY_BYTES),
            ApiRoute.of("GET", "/api/cache/export", Role.READ, routes::export))
        .stream()
        .map(
            route -> route.inTheMannerOf(CompatRoutes.TOKEN_FIELDS, CacheManagementRoutes::problem))
        .toList();
  }

  /// As its framework answers: a list that says where, or one sentence.
  private static ApiResponse problem(Problem problem) {
    boolean isOfTheBody =
        problem.type() == ProblemType.INVALID_REQUEST || problem.type() == ProblemType.INVALID_JSON;
    if (!isOfTheBody) {
      return ApiResponse.json(problem.type().status(), Map.of("detail", problem.detail()));
    }
    Map<String, Object> one = new LinkedHashMap<>();
    one.put("type", problem.type().code());
    one.put("loc", List.of("request", problem.field().orElse("body")));
    one.put(
        "msg",
        problem.detail() + problem.expected().map(text -> " Expected " + text + ".").orElse(""));
    return ApiResponse.json(422, Map.of("detail", List.of(one)));
  }

  private String backend(ApiRequest request) {
    return request.query().value("backend").orElse(Backends.MEMORY);
  }

  // ---- items

  private ApiResponse set(ApiRequest request) {
    CacheManagementItem.Set set = CacheManagementItem.read(ForeignBody.of(request), parts);
    boolean isPending =
        parts.answers().write(set.cache(), set.key(), set.draft()) == Stored.PENDING;
    Map<String, Object> view =
        CompatRoutes.members(
            "success",
            true,
            "message",
            ForeignAnswers.sentence(isPending, "Cached " + set.key()),
            "key",
            set.key());
    parts
        .answers()
        .peek(set.cache(), set.key())
        .ifPresent(entry -> view.put("cache_item", CacheManagementItem.view(entry)));
    view.put("backend", Backends.of(parts.cache(set.cache())));
    view.put("strategy", set.strategy());
    return ForeignAnswers.done(isPending, view);
  }

  private ApiResponse get(ApiRequest request) {
    String cache = parts.backends().cache(backend(request));
    Map<String, Object> view = found(parts.answers().read(cache, request.path("key")));
    view.put("key", request.path("key"));
    return ApiResponse.json(200, view);
  }

  private static Map<String, Object> found(Optional<EntryView> entry) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("found", entry.isPresent());
    view.put("cache_item", entry.map(CacheManagementItem::view).orElse(null));
    return view;
  }

  private ApiResponse delete(ApiRequest request) {
    String key = request.path("key");
    Deletion deletion = parts.answers().delete(parts.backends().cache(backend(request)), key);
    boolean deleted = deletion != Deletion.ABSENT;
    return ForeignAnswers.done(
        deletion == Deletion.PENDING,
        CompatRoutes.members("success", deleted, "key", key, "deleted", deleted));
  }

  private ApiResponse clear(ApiRequest request) {
    Optional<String> pattern = request.query().value("pattern").filter(text -> !text.isEmpty());
    Scope scope = pattern.map(DistributedCachingRoutes::patterns).orElseGet(Scope.Everything::new);
    Invalidated done = parts.answers().invalidate(request, List.of(order(backend(request), scope)));
    return ForeignAnswers.done(
        done.isPending(),
        CompatRoutes.members(
            "success", true,
            "cleared_count", done.affected(),
            "pattern", pattern.orElse("*"),
            "id", done.id()));
  }

  private InvalidationOrder order(String backend, Scope scope) {
    return new InvalidationOrder(
        Optional.of(parts.backends().cache(backend)), scope, Invalidation.Mode.HARD);
  }

  // ---- batches

  private ApiResponse setBatch(ApiRequest request) {
    List<Object> results = new ArrayList<>();
    int succeeded = 0;
    boolean isAnyPending = false;
    for (CacheManagementItem.Set set :
        CacheManagementItem.readAll(ForeignBody.tree(request), MAX_BATCH, parts)) {
      Map<String, Object> result = new LinkedHashMap<>();
      result.put("key", set.key());
      try {
        Stored stored = parts.answers().write(set.cache(), set.key(), set.draft());
        result.put("success", true);
        succeeded++;
        if (stored == Stored.PENDING) {
          result.put("pending", true);
          isAnyPending = true;
        }
      } catch (RequestRefused refused) {
        result.put("success", false);
        result.put("error", refused.problem().detail());
      }
      results.add(result);
    }
    return ForeignAnswers.done(
            isAnyPending,
            CompatRoutes.members(
                "success",
                succeeded == results.size(),
                "total",
                results.size(),
                "successful",
                succeeded,
                "results",
                results))
        .affecting(succeeded);
  }

  private ApiResponse getBatch(ApiRequest request) {
    String cache = parts.backends().cache(backend(request));
    List<Object> results = new ArrayList<>();
    long room = MAX_ANSWERED_BYTES;
    for (String key : keys(ForeignBody.tree(request))) {
      Map<String, Object> result = new LinkedHashMap<>();
      result.put("key", key);
      try {
        Optional<EntryView> entry = parts.answers().read(cache, key);
        room -= entry.map(view -> (long) view.value().length()).orElse(0L);
        if (room < 0) {
          throw new RequestRefused(
              Problem.of(ProblemType.TOO_LARGE, "The answer is full; get this key alone."));
        }
        result.put("success", true);
        result.put("result", found(entry));
      } catch (RequestRefused refused) {
        result.put("success", false);
        result.put("error", refused.problem().detail());
        result.put("result", found(Optional.empty()));
      }
      results.add(result);
    }
    return ApiResponse.json(
        200, CompatRoutes.members("success", true, "total", results.size(), "results", results));
  }

  private static List<String> keys(JsonNode body) {
    if (!body.isArray() || body.isEmpty() || body.size() > MAX_BATCH) {
      throw noKeys();
    }
    List<String> keys = new ArrayList<>();
    for (JsonNode key : body) {
      if (!key.isString()) {
        throw noKeys();
      }
      keys.add(key.asString());
    }
    return keys;
  }

  private static RequestRefused noKeys() {
    return new RequestRefused(
        Problem.invalid(
            "body", "an array of 1 to " + MAX_BATCH + " keys", "The body is no such array."));
  }

  // ---- the whole cache

  private ApiResponse statistics(ApiRequest request) {
    String backend = backend(request);
    var cache = parts.cache(parts.backends().cache(backend));
    return ApiResponse.json(
        200,
        CompatRoutes.members(
            "backend",
            backend,
            "statistics",
            CacheManagementStatistics.of(cache, parts.figures())));
  }

  private ApiResponse warm(ApiRequest request) {
    JsonNode body = ForeignBody.of(request).members();
    String cache = parts.backends().cache(backend(request));
    if (body.isEmpty() || body.size() > MAX_BATCH) {
      throw new RequestRefused(
          Problem.invalid(
              "body", "an object with 1 to " + MAX_BATCH + " keys", "It has none, or too many."));
    }
    List<WarmingOrder.Value> values = new ArrayList<>();
    for (var member : body.properties()) {
      DataType type = DataType.of(member.getValue());
      values.add(
          new WarmingOrder.Value(
              member.getKey(),
              CacheManagementItem.draft(
                  type.stored(member.getValue()).orElseThrow(),
                  type,
                  Optional.empty(),
                  CacheManagementItem.noMetadata())));
    }
    WarmingJob job =
        parts.warming().run(new WarmingOrder.Values(cache, values), request.principal().name());
    return ForeignAnswers.done(
            job.pending() > 0,
            CompatRoutes.members(
                "success", job.failed() == 0,
                "warmed_count", job.loaded(),
                "failed_count", job.failed(),
                "job_id", job.id()))
        .affecting(job.loaded());
  }

  private ApiResponse invalidate(ApiRequest request) {
    ForeignBody body = ForeignBody.of(request);
    String backend = body.text("backend").orElse(Backends.MEMORY);
    List<String> tags = body.texts("tags", EntryRules.MAX_TAGS);
    EntryRules.brokenByTags(tags)
        .ifPresent(violation -> {
          throw new RequestRefused(ForeignAnswers.problem(violation));
        });
    List<InvalidationOrder> orders = new ArrayList<>();
    if (!tags.isEmpty()) {
      orders.add(
          new InvalidationOrder(
              Optional.empty(), new Scope.Tags(Set.copyOf(tags)), Invalidation.Mode.HARD));
    }
    Optional<String> pattern = body.text("pattern").filter(text -> !text.isEmpty());
    pattern.ifPresent(text -> orders.add(order(backend, DistributedCachingRoutes.patterns(text))));
    if (orders.isEmpty()) {
      throw body.refused("tags", "tags, a pattern, or both", "There is neither.");
    }
    Invalidated done = parts.answers().invalidate(request, orders);
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("success", true);
    view.put("invalidated_count", done.affected());
    view.put("tags", tags);
    view.put("pattern", pattern.orElse(null));
    view.put("id", done.id());
    return ForeignAnswers.done(done.isPending(), view);
  }

  /// From an offset on; `has_more` says whether to ask again.
  private ApiResponse export(ApiRequest request) {
    String format = request.query().value("format").orElse("json");
    if (!format.equals("json")) {
      throw new RequestRefused(
          Problem.invalid("format", "json", "There is no export in that form."));
    }
    int offset = ForeignQuery.number(request, "offset", 0, 0, ForeignListing.MAX_OFFSET);
    int limit = ForeignQuery.number(request, "limit", MAX_EXPORTED, 1, MAX_EXPORTED);
    String backend = backend(request);
    String cache = parts.backends().cache(backend);
    var page = parts.listing().list(cache, request.query().value("pattern"), offset, limit);
    List<Object> items = new ArrayList<>();
    long room = MAX_ANSWERED_BYTES;
    int looked = 0;
    for (EntryFacts<String> facts : page.entries()) {
      Optional<EntryView> entry = parts.answers().peek(cache, facts.key());
      room -= entry.map(view -> (long) view.value().length()).orElse(0L);
      if (room < 0) {
        break;
      }
      looked++;
      entry.map(CacheManagementItem::view).ifPresent(items::add);
    }
    boolean hasMore = page.hasMore() || looked < page.entries().size();
    Map<String, Object> view =
        CompatRoutes.members(
            "format", format,
            "backend", backend,
            "exported_at",
                java.time.Instant.now().truncatedTo(java.time.temporal.ChronoUnit.MILLIS),
            "count", items.size(),
            "has_more", hasMore,
            "items", items);
    if (hasMore) {
      view.put("next_offset", offset + looked);
    }
    return ApiResponse.json(200, view);
  }
}
