package io.forebay.server.v1;

import io.forebay.server.access.Role;
import io.forebay.server.api.ApiRequest;
import io.forebay.server.api.ApiResponse;
import io.forebay.server.api.ApiRoute;
import io.forebay.server.api.Json;
import io.forebay.server.api.Problem;
import io.forebay.server.api.ProblemType;
import io.forebay.server.audit.AuditedOperation;
import io.forebay.server.reload.ReloadOutcome;
import io.forebay.server.settings.SettingProblem;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/// `POST /v1/config:reload`: the settings are read again.
public final class ConfigRoutes {

  private final Function<String, ReloadOutcome> reload;

  private ConfigRoutes(Function<String, ReloadOutcome> reload) {
    this.reload = reload;
  }

  /// @param reload reads the settings again; told who asked
  public static List<ApiRoute> of(
      Function<String, ReloadOutcome> reload, AuditedEndpoints audited) {
    var routes = new ConfigRoutes(reload);
    return List.of(
        ApiRoute.of(
            "POST",
            "/v1/config:reload",
            Role.ADMIN,
            audited.change(AuditedOperation.CONFIG_RELOAD, routes::reload)));
  }

  private record Done(List<String> changed, List<String> needsRestart) {}

  private ApiResponse reload(ApiRequest request) {
    request.query().only(Set.of());
    return switch (reload.apply("a request of " + request.principal().name())) {
      case ReloadOutcome.Applied(var changed, var needsRestart) ->
          ApiResponse.json(200, new Done(changed, needsRestart)).affecting(changed.size());
      case ReloadOutcome.Refused(var problems) -> refused(problems);
    };
  }

  private static ApiResponse refused(List<SettingProblem> problems) {
    var problem =
        Problem.of(
            ProblemType.SETTINGS_REFUSED,
            problems.getFirst().describe()
                + (problems.size() == 1 ? "" : " (and " + (problems.size() - 1) + " more)"));
    Map<String, Object> members = new LinkedHashMap<>(problem.members());
    members.put("problems", problems.stream().map(SettingProblem::describe).toList());
    return ApiResponse.bytes(
        problem.type().status(), "application/problem+json", Json.write(members));
  }
}
