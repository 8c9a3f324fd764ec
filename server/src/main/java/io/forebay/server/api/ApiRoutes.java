package io.forebay.server.api;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// All routes of a listener. The first that fits takes the request.
public final class ApiRoutes {

  private final List<ApiRoute> routes;

  public ApiRoutes(List<ApiRoute> routes) {
    this.routes = List.copyOf(routes);
  }

  public List<ApiRoute> all() {
    return routes;
  }

  /// What a request is for.
  sealed interface Match {

    /// @param parameters decoded
    record Found(ApiRoute route, Map<String, String> parameters) implements Match {}

    /// @param parameter whose encoding is broken
    record BrokenEncoding(ApiRoute route, String parameter) implements Match {}

    /// @param allowed at least one method; includes OPTIONS
    record OtherMethod(Set<String> allowed) implements Match {}

    record Nothing() implements Match {}
  }

  Match match(String method, String rawPath) {
    Set<String> allowed = new TreeSet<>();
    String asked = method.equals("HEAD") ? "GET" : method;
    for (ApiRoute route : routes) {
      var raw = route.path().match(rawPath);
      if (raw.isEmpty()) {
        continue;
      }
      if (route.method().equals(asked)) {
        return decoded(route, raw.get());
      }
      allowed.add(route.method());
      if (route.method().equals("GET")) {
        allowed.add("HEAD");
      }
    }
    if (allowed.isEmpty()) {
      return new Match.Nothing();
    }
    allowed.add("OPTIONS");
    return new Match.OtherMethod(allowed);
  }

  /// The methods that some route understands at this path.
  Set<String> methodsAt(String rawPath) {
    Set<String> methods = new TreeSet<>();
    List<ApiRoute> here = new ArrayList<>(routes);
    here.removeIf(route -> route.path().match(rawPath).isEmpty());
    here.forEach(route -> methods.add(route.method()));
    if (methods.contains("GET")) {
      methods.add("HEAD");
    }
    return methods;
  }

  private static Match decoded(ApiRoute route, Map<String, String> raw) {
    Map<String, String> parameters = new HashMap<>();
    for (var named : raw.entrySet()) {
      var text = PercentDecoding.decode(named.getValue());
      if (text.isEmpty()) {
        return new Match.BrokenEncoding(route, named.getKey());
      }
      parameters.put(named.getKey(), text.get());
    }
    return new Match.Found(route, Map.copyOf(parameters));
  }
}
