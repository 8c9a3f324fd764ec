package io.forebay.server.v1;

import io.forebay.cache.policy.HitObjective;
import io.forebay.cache.tier.WriteMode;
import io.forebay.server.api.ApiRequest;
import io.forebay.server.api.ApiResponse;
import io.forebay.server.api.Json;
import io.forebay.server.api.Problem;
import io.forebay.server.api.ProblemType;
import io.forebay.server.api.RequestRefused;
import io.forebay.server.caches.CacheRegistry;
import io.forebay.server.caches.CacheRegistry.DefineOutcome;
import io.forebay.server.caches.CacheRegistry.DeleteOutcome;
import io.forebay.server.caches.CacheSpecification;
import io.forebay.server.caches.TierChoice;
import io.forebay.server.settings.ByteSize;
import io.forebay.server.settings.Durations;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// `GET /v1/caches`, `GET|PUT|DELETE /v1/caches/{cache}`, `GET /v1/caches/{cache}/what-if`, `GET
/// /v1/stats`.
final class CacheEndpoints {

  private final CacheRegistry registry;

  CacheEndpoints(CacheRegistry registry) {
    this.registry = registry;
  }

  /// The body of a `PUT`; an empty body asks for the defaults.
  ///
  /// @param maxBytes with its unit, `64MiB`
  /// @param defaultTtl with its unit, `20m`
  record Asked(
      @Nullable String maxBytes,
      @Nullable Long maxEntries,
      @Nullable String defaultTtl,
      @Nullable String evictionPolicy,
      @Nullable String evictionObjective,
      @Nullable Boolean whatIf,
      @Nullable String tier,
      @Nullable String writeMode) {}

  ApiResponse list(ApiRequest request) {
    request.query().only(Set.of());
    return ApiResponse.json(
        200, Map.of("caches", registry.all().stream().map(CacheView::of).toList()));
  }

  ApiResponse get(ApiRequest request) {
    request.query().only(Set.of());
    return registry
        .find(request.path("cache"))
        .map(named -> ApiResponse.json(200, CacheView.of(named)))
        .orElseGet(() -> ApiResponse.problem(Outcomes.unknownCache(request.path("cache"))));
  }

  ApiResponse whatIf(ApiRequest request) {
    request.query().only(Set.of());
    return registry
        .findObserved(request.path("cache"))
        .map(cache -> ApiResponse.json(200, WhatIfView.of(cache)))
        .orElseGet(() -> ApiResponse.problem(Outcomes.unknownCache(request.path("cache"))));
  }

  ApiResponse put(ApiRequest request) {
    request.query().only(Set.of());
    return switch (registry.define(request.path("cache"), specification(request))) {
      case DefineOutcome.Created(var named) -> ApiResponse.json(201, CacheView.of(named));
      case DefineOutcome.Changed(var named) -> ApiResponse.json(200, CacheView.of(named));
      case DefineOutcome.Invalid(var violation) -> ApiResponse.problem(Outcomes.invalid(violation));
      case DefineOutcome.Reserved() -> conflict("This cache belongs to the proxy.");
      case DefineOutcome.TooMany() ->
          conflict("There are " + CacheRegistry.MAX_CACHES + " caches; delete one first.");
    };
  }

  ApiResponse delete(ApiRequest request) {
    request.query().only(Set.of());
    return answer(request.path("cache"), registry.delete(request.path("cache")));
  }

  /// As an invalidation of all that it held is answered: its log is the same.
  static ApiResponse answer(String name, DeleteOutcome outcome) {
    return switch (outcome) {
      case DeleteOutcome.Deleted() -> ApiResponse.empty(204);
      case DeleteOutcome.Pending() -> ApiResponse.empty(202);
      case DeleteOutcome.NotKept(var why) ->
          ApiResponse.problem(
                  Problem.of(
                      ProblemType.INVALIDATION_NOT_KEPT,
                      "The cache is deleted on this node, but "
                          + why
                          + ". Delete it again: until that is kept, a cache of this name may find"
                          + " the old values in its tier after a restart, and other nodes may go on"
                          + " serving them."))
              .with("Retry-After", "1");
      case DeleteOutcome.Unknown() -> ApiResponse.problem(Outcomes.unknownCache(name));
      case DeleteOutcome.Permanent() -> conflict("This cache always exists.");
    };
  }

  ApiResponse statistics(ApiRequest request) {
    request.query().only(Set.of());
    return ApiResponse.json(
        200, Map.of("caches", registry.observed().stream().map(CacheView::statistics).toList()));
  }

  private static CacheSpecification specification(ApiRequest request) {
    if (request.body().length == 0) {
      return CacheSpecification.DEFAULTS;
    }
    Asked asked = Json.read(request.body(), Asked.class);
    return new CacheSpecification(
        Optional.ofNullable(asked.maxBytes()).map(CacheEndpoints::bytes),
        Optional.ofNullable(asked.maxEntries()),
        Optional.ofNullable(asked.defaultTtl()).map(CacheEndpoints::duration),
        Optional.ofNullable(asked.evictionPolicy()),
        Optional.ofNullable(asked.evictionObjective()).map(CacheEndpoints::objective),
        Optional.ofNullable(asked.whatIf()),
        Optional.ofNullable(asked.tier()).map(CacheEndpoints::tier),
        Optional.ofNullable(asked.writeMode()).map(CacheEndpoints::writeMode));
  }

  private static long bytes(String text) {
    return ByteSize.parse(text)
        .orElseThrow(() ->
            new RequestRefused(
                Problem.invalid(
                    "max_bytes",
                    "a size with its unit (B, KiB, MiB, GiB), such as 64MiB",
                    "This is no size.")))
        .bytes();
  }

  private static Duration duration(String text) {
    return Durations.parse(text)
        .orElseThrow(() ->
            new RequestRefused(
                Problem.invalid(
                    "default_ttl",
                    "a duration with its unit (ms, s, m, h or d), such as 20m",
                    "This is no duration.")));
  }

  private static HitObjective objective(String text) {
    return Arrays.stream(HitObjective.values())
        .filter(objective -> objective.name().toLowerCase(Locale.ROOT).equals(text))
        .findFirst()
        .orElseThrow(() ->
            new RequestRefused(
                Problem.invalid(
                    "eviction_objective", "objects or bytes", "There is no such objective.")));
  }

  private static TierChoice tier(String text) {
    return TierChoice.named(text)
        .orElseThrow(() ->
            new RequestRefused(
                Problem.invalid("tier", "one of " + TierChoice.names(), "There is no such tier.")));
  }

  private static WriteMode writeMode(String text) {
    return Arrays.stream(WriteMode.values())
        .filter(mode -> mode.name().toLowerCase(Locale.ROOT).equals(text))
        .findFirst()
        .orElseThrow(() ->
            new RequestRefused(
                Problem.invalid(
                    "write_mode",
                    "write_through, write_around or write_behind",
                    "There is no such mode.")));
  }

  private static ApiResponse conflict(String detail) {
    return ApiResponse.problem(Problem.of(ProblemType.CONFLICT, detail));
  }
}
