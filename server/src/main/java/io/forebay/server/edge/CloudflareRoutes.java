package io.forebay.server.edge;

import io.forebay.server.access.Role;
import io.forebay.server.api.ApiRequest;
import io.forebay.server.api.ApiResponse;
import io.forebay.server.api.ApiRoute;
import io.forebay.server.api.Problem;
import io.forebay.server.api.ProblemType;
import io.forebay.server.invalidation.InvalidationAnswer;
import io.forebay.server.invalidation.InvalidationService;
import io.forebay.server.invalidation.Source;
import io.forebay.server.purge.PurgeReader;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Purging as Cloudflare's clients do it, with or without the path that their API begins with. The
/// token comes in `Authorization`, or where old clients send their key.
public final class CloudflareRoutes {

  private static final long MAX_BODY_BYTES = 2L << 20;

  /// Cloudflare's own numbers, by which some clients tell errors apart.
  private static final int AUTHENTICATION_ERROR = 10_000;

  private static final int INVALID_REQUEST = 1_012;
  private static final int INTERNAL_ERROR = 10_001;

  private final InvalidationService invalidations;

  private CloudflareRoutes(InvalidationService invalidations) {
    this.invalidations = invalidations;
  }

  public static List<ApiRoute> of(InvalidationService invalidations) {
    var routes = new CloudflareRoutes(invalidations);
    return List.of(
            ApiRoute.of("POST", "/zones/{id}/purge_cache", Role.PURGE, routes::purge),
            ApiRoute.of("POST", "/client/v4/zones/{id}/purge_cache", Role.PURGE, routes::purge))
        .stream()
        .map(route ->
            route
                .withBody(MAX_BODY_BYTES)
                .inTheMannerOf(List.of("X-Auth-Key"), CloudflareRoutes::problem))
        .toList();
  }

  private ApiResponse purge(ApiRequest request) {
    InvalidationAnswer answer =
        Purges.carryOut(
            invalidations, request, Source.CLOUDFLARE, PurgeReader.cloudflare(request.body()));
    return switch (answer) {
      case InvalidationAnswer.Done(var receipt) ->
          ApiResponse.json(200, members(List.of(), Map.of("id", receipt.id())));
      case InvalidationAnswer.Pending(var receipt) ->
          ApiResponse.json(answer.status(), members(List.of(), Map.of("id", receipt.id())));
      case InvalidationAnswer.NotKept(var receipt) ->
          failed(answer.status(), receipt.progress().notKept().orElse("not kept"), receipt.id());
      case InvalidationAnswer.NotInTime(var receipt) ->
          failed(answer.status(), "not in time", receipt.id());
      case InvalidationAnswer.NotPassedOn(var receipt) ->
          failed(answer.status(), "not taken downstream", receipt.id());
      case InvalidationAnswer.Refused(var problem) -> problem(problem);
    };
  }

  private static ApiResponse failed(int status, String why, String id) {
    return ApiResponse.json(
        status,
        members(
            List.of(error(INTERNAL_ERROR, "In force on this node, but " + why)), Map.of("id", id)));
  }

  private static ApiResponse problem(Problem problem) {
    int status = problem.type().status();
    boolean isAccess = status == 401 || problem.type() == ProblemType.FORBIDDEN;
    int code = isAccess ? AUTHENTICATION_ERROR : status < 500 ? INVALID_REQUEST : INTERNAL_ERROR;
    return ApiResponse.json(status, members(List.of(error(code, Purges.sentence(problem))), null));
  }

  private static Map<String, Object> error(int code, String message) {
    Map<String, Object> error = new LinkedHashMap<>();
    error.put("code", code);
    error.put("message", message);
    return error;
  }

  private static Map<String, Object> members(
      List<Map<String, Object>> errors, @org.jspecify.annotations.Nullable Object result) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("success", errors.isEmpty());
    members.put("errors", errors);
    members.put("messages", List.of());
    members.put("result", result);
    return members;
  }
}
