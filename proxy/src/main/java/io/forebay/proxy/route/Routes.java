package io.forebay.proxy.route;

import io.forebay.http.RequestHead;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// All routes, in the operator's order: the first that matches takes the request.
public final class Routes {

  private final List<Route> inOrder;

  public Routes(List<Route> routes) {
    inOrder = List.copyOf(routes);
  }

  public Optional<Route> match(RequestHead request) {
    return match(request.authority(), request.target());
  }

  /// The route of requests to a host that takes them whatever their path; empty if the path
  /// matters, or none takes them.
  public Optional<Route> ofAllPaths(String authority) {
    String host = host(authority);
    return inOrder.stream()
        .filter(route -> route.matchesHost(host))
        .findFirst()
        .filter(Route::takesAllPaths);
  }

  public Optional<Route> match(String authority, String target) {
    String host = host(authority);
    String path = path(target);
    for (Route route : inOrder) {
      if (route.matches(host, path)) {
        return Optional.of(route);
      }
    }
    return Optional.empty();
  }

  private static String path(String target) {
    int query = target.indexOf('?');
    return query < 0 ? target : target.substring(0, query);
  }

  /// The host of `host`, `host:port`, `[::1]` or `[::1]:port`, in lower case.
  private static String host(String authority) {
    int colon = authority.lastIndexOf(':');
    boolean hasPort = colon > authority.lastIndexOf(']');
    return (hasPort ? authority.substring(0, colon) : authority).toLowerCase(Locale.ROOT);
  }
}
