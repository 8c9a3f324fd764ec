package io.forebay.proxy.route;

import io.forebay.http.Glob;
import io.forebay.http.RequestHead;
import io.forebay.http.TargetUri;
import io.forebay.http.caching.KeyRule;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// All routes, in the operator's order: the first that matches takes the request.
public final class Routes {

  private final List<Placed> inOrder;
  private final RequestGuards guards;

  public Routes(List<Route> routes) {
    this(routes, RequestGuards.USUAL);
  }

  public Routes(List<Route> routes, RequestGuards guards) {
    this.inOrder = routes.stream().map(Placed::of).toList();
    this.guards = guards;
  }

  /// A route, ready to be asked.
  private record Placed(Route route, Glob path) {
    static Placed of(Route route) {
      return new Placed(route, Glob.of(route.path()));
    }

    boolean matches(String requestHost, String requestPath) {
      return matchesHost(requestHost) && path.matches(requestPath);
    }

    private boolean matchesHost(String requestHost) {
      if (route.host().isEmpty()) {
        return true;
      }
      String wanted = route.host().get();
      return wanted.startsWith("*.")
          ? requestHost.endsWith(wanted.substring(1)) && requestHost.length() >= wanted.length()
          : wanted.equals(requestHost);
    }

    RouteRules rules() {
      return route.rules();
    }
  }

  public List<Route> inOrder() {
    return inOrder.stream().map(Placed::route).toList();
  }

  public RequestGuards guards() {
    return guards;
  }

  /// @param request in its [io.forebay.http.RequestForm]
  public Optional<Route> match(RequestHead request) {
    String host = host(request.authority());
    String path = path(request.target());
    for (Placed placed : inOrder) {
      if (placed.matches(host, path) && placed.rules().match().matches(request)) {
        return Optional.of(placed.route());
      }
    }
    return Optional.empty();
  }

  /// The route of all requests to a host, whatever their path and fields; empty if these matter.
  public Optional<Route> ofAllPaths(String authority) {
    String host = host(authority);
    return inOrder.stream()
        .filter(placed -> placed.matchesHost(host))
        .findFirst()
        .filter(placed -> placed.route().takesAllPaths() && placed.rules().match().isAny())
        .map(Placed::route);
  }

  /// The route of all requests to a URL, whatever their fields; empty if these matter.
  ///
  /// @param target in its [io.forebay.http.RequestForm]
  public Optional<Route> ofAllFields(String authority, String target) {
    String host = host(authority);
    String path = path(target);
    for (Placed placed : inOrder) {
      if (placed.matches(host, path)) {
        return placed.rules().match().isAny() ? Optional.of(placed.route()) : Optional.empty();
      }
    }
    return Optional.empty();
  }

  /// The URLs, as they are in cache keys, under which something of this URL may be stored: that of
  /// each route which its requests can get, and the URL itself. For invalidations, which know
  /// neither method nor fields of the request.
  ///
  /// @param uri as anybody may write it
  public Set<String> urlsOf(TargetUri uri) {
    TargetUri formed = guards.form().of(uri);
    Set<String> urls = new HashSet<>();
    urls.add(formed.toString());
    String host = host(formed.authority());
    String path = path(formed.target());
    for (Placed placed : inOrder) {
      if (placed.matches(host, path)) {
        urls.add(placed.rules().key().uriOf(formed).toString());
        if (placed.rules().match().isAny()) {
          break;
        }
      }
    }
    return urls;
  }

  /// What [#urlsOf] looks at in a route.
  private record KeyOfRoute(Optional<String> host, String path, RouteMatch match, KeyRule key) {}

  /// Whether the same requests have the same keys under these routes as under others.
  boolean haveKeysOf(Routes others) {
    return guards.form().equals(others.guards.form()) && keys().equals(others.keys());
  }

  private List<KeyOfRoute> keys() {
    return inOrder.stream()
        .map(placed ->
            new KeyOfRoute(
                placed.route().host(),
                placed.route().path(),
                placed.rules().match(),
                placed.rules().key()))
        .toList();
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
