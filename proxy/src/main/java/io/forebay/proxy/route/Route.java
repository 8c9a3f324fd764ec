package io.forebay.proxy.route;

import io.forebay.http.caching.CachePolicy;
import io.forebay.proxy.origin.OriginTimeouts;
import io.forebay.proxy.origin.PoolSettings;
import java.util.Optional;

/// What requests of one host and path get.
///
/// @param name for logs, metrics and explanations
/// @param host in lower case, without port; `*.example.org` for any name below it; empty for any
///   host
/// @param path begins with `/`; `*` stands for anything, also for nothing
/// @param pool whose origins answer
/// @param maxStoredBodyBytes larger bodies pass through without being stored
/// @param rules what else holds; if host and path alone do not decide that a request gets this
///   route, its name is part of the key
public record Route(
    String name,
    Optional<String> host,
    String path,
    PoolSettings pool,
    OriginTimeouts timeouts,
    CachePolicy policy,
    long maxStoredBodyBytes,
    RouteRules rules) {

  public Route {
    if (!path.startsWith("/")) {
      throw new IllegalArgumentException("a path begins with \"/\", got \"" + path + "\"");
    }
    // Which of two routes to one URL took a request is in no other part of the key.
    rules = rules.withKey(rules.key().ofRoute(rules.match().isAny() ? "" : name));
  }

  /// With the usual rules.
  public Route(
      String name,
      Optional<String> host,
      String path,
      PoolSettings pool,
      OriginTimeouts timeouts,
      CachePolicy policy,
      long maxStoredBodyBytes) {
    this(name, host, path, pool, timeouts, policy, maxStoredBodyBytes, RouteRules.USUAL);
  }

  boolean takesAllPaths() {
    return path.equals("/*");
  }

  /// The same for other requests.
  ///
  /// @param newName of the route
  /// @param newPath begins with `/`
  public Route as(String newName, String newPath) {
    return new Route(newName, host, newPath, pool, timeouts, policy, maxStoredBodyBytes, rules);
  }

  public Route withPolicy(CachePolicy other) {
    return new Route(name, host, path, pool, timeouts, other, maxStoredBodyBytes, rules);
  }

  public Route withRules(RouteRules others) {
    return new Route(name, host, path, pool, timeouts, policy, maxStoredBodyBytes, others);
  }
}
