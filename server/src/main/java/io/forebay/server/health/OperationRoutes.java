package io.forebay.server.health;

import io.forebay.server.VersionInfo;
import io.forebay.server.access.Role;
import io.forebay.server.api.ApiRequest;
import io.forebay.server.api.ApiResponse;
import io.forebay.server.api.ApiRoute;
import io.forebay.server.metrics.Metrics;
import io.forebay.server.page.PageRoutes;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// `/`, `/health/live`, `/health/ready` and `/metrics`.
public final class OperationRoutes {

  private static final String METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private final Readiness readiness;
  private final Metrics metrics;
  private final VersionInfo version;
  private final PageRoutes page;

  private OperationRoutes(
      Readiness readiness, Metrics metrics, VersionInfo version, PageRoutes page) {
    this.readiness = readiness;
    this.metrics = metrics;
    this.version = version;
    this.page = page;
  }

  /// @param page what browsers get at `/`
  public static List<ApiRoute> of(
      Readiness readiness, Metrics metrics, VersionInfo version, PageRoutes page) {
    var routes = new OperationRoutes(readiness, metrics, version, page);
    return List.of(
        ApiRoute.open("GET", "/health/live", request -> status(200, "live", List.of())),
        ApiRoute.open("GET", "/health/ready", routes::ready),
        ApiRoute.of("GET", "/metrics", Role.READ, routes::metrics),
        ApiRoute.open("GET", "/", routes::pointers));
  }

  private static ApiResponse status(int code, String text, List<String> alarms) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("status", text);
    if (!alarms.isEmpty()) {
      members.put("alarms", alarms);
    }
    return ApiResponse.json(code, members).with("Cache-Control", "no-store");
  }

  private ApiResponse ready(ApiRequest request) {
    Readiness.State state = readiness.state();
    return status(state == Readiness.State.READY ? 200 : 503, state.text(), readiness.alarms());
  }

  private ApiResponse metrics(ApiRequest request) {
    return ApiResponse.bytes(200, METRICS_TYPE, metrics.scrape().getBytes(StandardCharsets.UTF_8));
  }

  private ApiResponse pointers(ApiRequest request) {
    if (PageRoutes.isWanted(request)) {
      return page.answer();
    }
    return ApiResponse.text(
        200,
        """
        %s

        GET /v1/openapi.json   what this API offers
        GET /v1/caches         the caches
        GET /v1/stats          their figures
        GET /metrics           for Prometheus
        GET /health/ready      whether traffic is taken

        curl -X PUT --data-binary hello http://localhost:9400/v1/caches/default/entries/greeting
        curl http://localhost:9400/v1/caches/default/entries/greeting
        """
            .formatted(version.describe()));
  }
}
