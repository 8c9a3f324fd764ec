package io.forebay.proxy.route;

import io.forebay.http.TargetUri;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The routes in force, which an operator may replace while requests are under way: each request
/// keeps those it began with.
///
/// What was stored under former routes may lie under other keys than today's routes make of its
/// URL, and would be found again if the former ones came back. So an invalidation of a URL covers
/// what former routes made of it too:
///
/// ```
/// stored as /p, since the route drops utm_x  →  the rule is taken away  →  /p?utm_x=1 is purged
///   →  the rule comes back: /p must be gone
/// ```
///
/// Thread-safe.
public final class RouteTable {

  /// Sets of routes with other keys that are remembered.
  static final int MAX_FORMER = 16;

  private record State(Routes current, List<Routes> former) {}

  private volatile State state;

  public RouteTable(Routes routes) {
    state = new State(routes, List.of());
  }

  public Routes current() {
    return state.current();
  }

  /// Puts other routes in force, for requests that come from now on.
  ///
  /// @return whether some former ones are forgotten now, so that nothing stored may be trusted any
  ///   more: the caller must invalidate everything
  public synchronized boolean replace(Routes routes) {
    List<Routes> former = new ArrayList<>(state.former());
    boolean isKnown =
        routes.haveKeysOf(state.current()) || former.stream().anyMatch(state.current()::haveKeysOf);
    if (!isKnown) {
      former.add(state.current());
    }
    boolean isFull = former.size() > MAX_FORMER;
    state = new State(routes, isFull ? List.of(state.current()) : List.copyOf(former));
    return isFull;
  }

  /// The URLs, as they are in cache keys, under which something of this URL may be stored; see
  /// [Routes#urlsOf].
  public Set<String> urlsOf(TargetUri uri) {
    State now = state;
    Set<String> urls = new HashSet<>(now.current().urlsOf(uri));
    now.former().forEach(routes -> urls.addAll(routes.urlsOf(uri)));
    return urls;
  }
}
