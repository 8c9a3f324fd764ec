package io.forebay.server.compat;

import io.forebay.server.api.ApiRequest;
import io.forebay.server.api.ApiResponse;
import io.forebay.server.api.Problem;
import io.forebay.server.api.ProblemType;
import io.forebay.server.api.RequestRefused;
import io.forebay.server.caches.CacheRegistry.DefineOutcome;
import io.forebay.server.caches.CacheSpecification;
import io.forebay.server.caches.NamedCache;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// The Cache Management API's runtime configuration: that of the cache all adapters share. What a
/// request leaves out stays as it is.
final class CacheManagementConfig {

  private static final long USUAL_CLEANUP_SECONDS = 300;
  private static final long LONGEST_CLEANUP_SECONDS = 86_400;

  private static final String COMPRESSION = "compression_enabled";
  private static final String ENCRYPTION = "encryption_enabled";

  private final CompatRoutes.Parts parts;

  /// As it was last said. Nothing follows from it: expired entries leave by a timer, at once.
  private volatile long cleanupSeconds = USUAL_CLEANUP_SECONDS;

  CacheManagementConfig(CompatRoutes.Parts parts) {
    this.parts = parts;
  }

  ApiResponse get(ApiRequest request) {
    return ApiResponse.json(200, view(parts.cache(CompatRoutes.CACHE)));
  }

  private Map<String, Object> view(NamedCache named) {
    var bounds = named.cache().bounds();
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("backend", Backends.of(named));
    view.put("strategy", named.cache().evictionPolicy());
    view.put("max_memory", bounds.maxBytes());
    view.put("max_items", bounds.maxEntries() == Long.MAX_VALUE ? null : bounds.maxEntries());
    view.put("default_ttl", named.defaultTtl().toSeconds());
    view.put("cleanup_interval", cleanupSeconds);
    view.put(COMPRESSION, parts.settings().tiers().isCompressing());
    view.put(ENCRYPTION, parts.settings().tiers().isEncrypting());
    return view;
  }

  ApiResponse post(ApiRequest request) {
    ForeignBody body = ForeignBody.of(request);
    NamedCache present = parts.cache(CompatRoutes.CACHE);
    body.text("backend")
        .filter(backend -> !parts.backends().cache(backend).equals(CompatRoutes.CACHE))
        .ifPresent(backend -> {
          throw conflict(
              "What lies behind the cache is decided when the server starts (entries.tier);"
                  + " requests may name another backend.");
        });
    var tiers = parts.settings().tiers();
    refuseChange(body, COMPRESSION, tiers.isCompressing(), "CACHE_COMPRESSION_ENABLED");
    refuseChange(body, ENCRYPTION, tiers.isEncrypting(), "CACHE_ENCRYPTION_ENABLED");
    Optional<String> strategy = body.text("strategy");
    strategy
        .filter(name -> !name.equals(present.cache().evictionPolicy()))
        .ifPresent(name -> CacheManagementStrategy.check(name, present, body));
    Optional<Long> cleanup = body.number("cleanup_interval", 1, LONGEST_CLEANUP_SECONDS);
    CacheSpecification specification =
        present
            .specification()
            .with(
                body.number("max_memory", 1, Long.MAX_VALUE),
                body.number("max_items", 1, Long.MAX_VALUE / 10),
                body.seconds("default_ttl"),
                strategy.filter(CacheManagementStrategy::isEviction));
    NamedCache changed =
        switch (parts.registry().define(CompatRoutes.CACHE, specification)) {
          case DefineOutcome.Changed(var named) -> named;
          case DefineOutcome.Created(var named) -> named;
          case DefineOutcome.Invalid(var violation) ->
              throw new RequestRefused(ForeignAnswers.problem(violation));
          case DefineOutcome.Reserved() -> throw conflict("The cache is not to be changed.");
          case DefineOutcome.TooMany() -> throw conflict("There are too many caches.");
        };
    cleanup.ifPresent(seconds -> cleanupSeconds = seconds);
    Map<String, Object> view =
        CompatRoutes.members("success", true, "message", "Configuration updated");
    view.put("config", view(changed));
    return ApiResponse.json(200, view);
  }

  /// Both are of the node and all that lies behind its caches.
  private static void refuseChange(
      ForeignBody body, String name, boolean present, String variable) {
    if (body.flag(name).orElse(present) != present) {
      throw conflict(
          name + " is " + present + "; that is decided when the server starts (" + variable + ").");
    }
  }

  private static RequestRefused conflict(String detail) {
    return new RequestRefused(Problem.of(ProblemType.CONFLICT, detail));
  }
}
