package io.forebay.proxy.route;

import io.forebay.http.RequestHead;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// All routes. A route with a host goes before one for any host; among those the longest path
/// prefix wins.
public final class Routes {

  private final List<Route> bySpecificity;

  public Routes(List<Route> routes) {
    bySpecificity =
        routes.stream()
            .sorted(
                Comparator.<Route>comparingInt(route -> route.host().equals("*") ? 1 : 0)
                    .thenComparingInt(route -> -route.pathPrefix().length()))
            .toList();
  }

  public Optional<Route> match(RequestHead request) {
    String host = host(request.authority());
    for (Route route : bySpecificity) {
      if (route.matches(host, request.target())) {
        return Optional.of(route);
      }
    }
    return Optional.empty();
  }

  public List<Route> all() {
    return bySpecificity;
  }

  /// The host of `host`, `host:port`, `[::1]` or `[::1]:port`, in lower case.
  private static String host(String authority) {
    int colon = authority.lastIndexOf(':');
    boolean hasPort = colon > authority.lastIndexOf(']');
    return (hasPort ? authority.substring(0, colon) : authority).toLowerCase(Locale.ROOT);
  }
}
