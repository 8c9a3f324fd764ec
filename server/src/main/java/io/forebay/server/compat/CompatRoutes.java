package io.forebay.server.compat;

import io.forebay.server.api.ApiResponse;
import io.forebay.server.api.ApiRoute;
import io.forebay.server.api.Problem;
import io.forebay.server.api.ProblemType;
import io.forebay.server.api.RequestRefused;
import io.forebay.server.caches.CacheRegistry;
import io.forebay.server.caches.EntryService;
import io.forebay.server.caches.NamedCache;
import io.forebay.server.health.Readiness;
import io.forebay.server.history.FigureHistory;
import io.forebay.server.invalidation.InvalidationService;
import io.forebay.server.metrics.RecentFigures;
import io.forebay.server.predict.LearningPredictor;
import io.forebay.server.predict.Predictor;
import io.forebay.server.settings.ServerSettings;
import io.forebay.server.v1.AuditedEndpoints;
import io.forebay.server.warming.WarmingService;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The routes of every system that is on. Literal paths come before those that take any key.
public final class CompatRoutes {

  /// What all of them see.
  static final String CACHE = CacheRegistry.DEFAULT;

  /// In which clients may send their token besides `Authorization`.
  static final List<String> TOKEN_FIELDS = List.of("X-API-Key");

  static final long SMALL_BODY_BYTES = 64 * 1024;

  /// Clients that send `{}` where nothing is asked for.
  static final long IGNORED_BODY_BYTES = 1024;

  private CompatRoutes() {}

  /// What adapters translate to.
  ///
  /// @param predictor whose word counts for new pairs
  /// @param learned the built-in predictor
  /// @param history empty while none is kept
  public record Parts(
      ServerSettings settings,
      CacheRegistry registry,
      EntryService entries,
      InvalidationService invalidations,
      AuditedEndpoints audited,
      Predictor predictor,
      LearningPredictor learned,
      WarmingService warming,
      Optional<FigureHistory> history,
      RecentFigures figures,
      Readiness readiness) {

    ForeignAnswers answers() {
      return new ForeignAnswers(entries, invalidations);
    }

    Backends backends() {
      return new Backends(registry);
    }

    ForeignListing listing() {
      return new ForeignListing(entries);
    }

    NamedCache cache(String name) {
      return registry
          .find(name)
          .orElseThrow(() ->
              new RequestRefused(
                  Problem.of(ProblemType.UNKNOWN_CACHE, "The cache behind this API was deleted.")));
    }

    /// Room for one value of the largest size in JSON, and a megabyte.
    long maxBodyBytes() {
      return 2 * entries.rules().maxValueBytes() + (1 << 20);
    }

    ApiResponse health() {
      boolean ready = readiness.isReady();
      return ApiResponse.json(
              ready ? 200 : 503, members("status", ready ? "healthy" : readiness.state().text()))
          .with("Cache-Control", "no-store");
    }
  }

  public static List<ApiRoute> of(Parts parts) {
    var compat = parts.settings().compat();
    List<ApiRoute> routes = new ArrayList<>();
    if (compat.isOn(ForeignSystem.CHRONOCACHE)) {
      routes.addAll(ChronoCacheRoutes.of(parts));
    }
    if (compat.isOn(ForeignSystem.DISTROCACHE)) {
      routes.addAll(DistroCacheRoutes.of(parts));
    }
    // Before the other system that has /api/cache: its routes there are literal.
    if (compat.isOn(ForeignSystem.CACHE_MANAGEMENT)) {
      routes.addAll(CacheManagementRoutes.of(parts));
    }
    if (compat.isOn(ForeignSystem.DISTRIBUTED_CACHING)) {
      routes.addAll(DistributedCachingRoutes.of(parts));
    }
    return List.copyOf(routes);
  }

  /// Name, value, name, value, … in this order.
  static Map<String, Object> members(Object... namesAndValues) {
    Map<String, Object> members = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      members.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return members;
  }
}
