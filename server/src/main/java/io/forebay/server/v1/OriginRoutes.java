package io.forebay.server.v1;

import io.forebay.server.access.Role;
import io.forebay.server.api.ApiRequest;
import io.forebay.server.api.ApiResponse;
import io.forebay.server.api.ApiRoute;
import io.forebay.server.api.Problem;
import io.forebay.server.api.ProblemType;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/// `GET /v1/origins`: every origin of the proxy, whether it is up, and what became of its requests.
public final class OriginRoutes {

  private final Supplier<Optional<Map<String, Object>>> origins;

  private OriginRoutes(Supplier<Optional<Map<String, Object>>> origins) {
    this.origins = origins;
  }

  /// @param origins answers empty while the proxy is off
  public static List<ApiRoute> of(Supplier<Optional<Map<String, Object>>> origins) {
    return List.of(ApiRoute.of("GET", "/v1/origins", Role.READ, new OriginRoutes(origins)::list));
  }

  private ApiResponse list(ApiRequest request) {
    request.query(Set.of()).only(Set.of());
    return origins
        .get()
        .map(view -> ApiResponse.json(200, view))
        .orElseGet(() ->
            ApiResponse.problem(
                Problem.of(
                    ProblemType.PROXY_OFF,
                    "The proxy asks no origin: set proxy.origin or proxy.routes.")));
  }
}
