package io.forebay.server.v1;

import io.forebay.cache.Precondition;
import io.forebay.server.api.ApiRequest;
import io.forebay.server.api.ApiResponse;
import io.forebay.server.api.Problem;
import io.forebay.server.api.RequestRefused;
import io.forebay.server.caches.EntryService;
import io.forebay.server.caches.EntryView;
import io.forebay.server.caches.EntryWriteOutcome;
import io.forebay.server.caches.ReadOutcome;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/// `GET|HEAD|PUT|DELETE /v1/caches/{cache}/entries/{key}`.
final class EntryEndpoints {

  private final EntryService entries;

  EntryEndpoints(EntryService entries) {
    this.entries = entries;
  }

  ApiResponse get(ApiRequest request) {
    request.query().only(Set.of());
    return switch (entries.read(request.path("cache"), request.path("key"))) {
      case ReadOutcome.UnknownCache() ->
          ApiResponse.problem(Outcomes.unknownCache(request.path("cache")));
      case ReadOutcome.Invalid(var violation) -> ApiResponse.problem(Outcomes.invalid(violation));
      case ReadOutcome.Absent() -> absent(request);
      case ReadOutcome.Found(var entry) -> found(request, entry);
    };
  }

  private static ApiResponse absent(ApiRequest request) {
    if (request.field("If-Match").isPresent()) {
      return Outcomes.preconditionFailedResponse(OptionalLong.empty());
    }
    return ApiResponse.problem(Outcomes.absent())
        .with("Cache-Status", EntryFields.CACHE + "; detail=absent");
  }

  /// Preconditions in RFC 9110 §13.2.2's order.
  private static ApiResponse found(ApiRequest request, EntryView entry) {
    Optional<EntityTags> match =
        request.field("If-Match").map(text -> EntityTags.parse("If-Match", text));
    if (match.isPresent() && !match.get().matchesStrongly(entry.version())) {
      return Outcomes.preconditionFailedResponse(OptionalLong.of(entry.version()));
    }
    Optional<EntityTags> noneMatch =
        request.field("If-None-Match").map(text -> EntityTags.parse("If-None-Match", text));
    if (noneMatch.isPresent() && noneMatch.get().matchesWeakly(entry.version())) {
      return EntryFields.describe(ApiResponse.empty(304), entry);
    }
    ApiResponse response =
        ApiResponse.bytes(200, entry.value().contentType(), entry.value().bytes());
    // A stored page must not act as one of ours in a browser.
    return EntryFields.describe(response, entry)
        .with("X-Content-Type-Options", "nosniff")
        .with("Content-Security-Policy", "sandbox");
  }

  ApiResponse put(ApiRequest request) {
    request.query().only(Set.of());
    EntryWriteOutcome outcome =
        entries.write(
            request.path("cache"),
            request.path("key"),
            EntryFields.draft(request),
            precondition(request));
    return answer(request, outcome);
  }

  ApiResponse delete(ApiRequest request) {
    request.query().only(Set.of());
    EntryWriteOutcome outcome =
        entries.delete(request.path("cache"), request.path("key"), precondition(request));
    return answer(request, outcome);
  }

  private static ApiResponse answer(ApiRequest request, EntryWriteOutcome outcome) {
    return switch (outcome) {
      case EntryWriteOutcome.Written(long version, boolean created) ->
          ApiResponse.empty(created ? 201 : 204).with("ETag", EntityTags.of(version));
      case EntryWriteOutcome.Deleted ignored -> ApiResponse.empty(204);
      case EntryWriteOutcome.Absent() -> ApiResponse.problem(Outcomes.absent());
      case EntryWriteOutcome.PreconditionFailed(var present) ->
          Outcomes.preconditionFailedResponse(present);
      case EntryWriteOutcome.Pending(var version, var _) -> {
        ApiResponse accepted = ApiResponse.empty(202);
        yield version.isPresent()
            ? accepted.with("ETag", EntityTags.of(version.getAsLong()))
            : accepted;
      }
      case EntryWriteOutcome.TierFailed(String why, boolean mayHaveHappened) ->
          ApiResponse.problem(Outcomes.tierFailed(why, mayHaveHappened));
      case EntryWriteOutcome.UnknownCache() ->
          ApiResponse.problem(Outcomes.unknownCache(request.path("cache")));
      case EntryWriteOutcome.Invalid(var violation) ->
          ApiResponse.problem(Outcomes.invalid(violation));
    };
  }

  private static Precondition precondition(ApiRequest request) {
    Optional<EntityTags> match =
        request.field("If-Match").map(text -> EntityTags.parse("If-Match", text));
    Optional<EntityTags> noneMatch =
        request.field("If-None-Match").map(text -> EntityTags.parse("If-None-Match", text));
    if (match.isPresent() && noneMatch.isPresent()) {
      throw new RequestRefused(
          Problem.invalid(
              "If-None-Match", "one of If-Match and If-None-Match", "Both cannot hold."));
    }
    if (noneMatch.isPresent()) {
      if (noneMatch.get() instanceof EntityTags.Any) {
        return Precondition.ABSENT;
      }
      throw new RequestRefused(
          Problem.invalid(
              "If-None-Match", "* (add only)", "A write knows no other If-None-Match."));
    }
    return match
        .map(tags ->
            switch (tags) {
              case EntityTags.Any() -> Precondition.PRESENT;
              case EntityTags.Listed listed ->
                  new Precondition.VersionIn(EntityTags.versions(listed));
            })
        .orElse(Precondition.NONE);
  }
}
