package io.forebay.proxy.route;

import io.forebay.http.caching.CachePolicy;
import io.forebay.proxy.origin.Origin;
import io.forebay.proxy.origin.OriginTimeouts;

/// What requests of one host and path prefix get.
///
/// @param name for logs, metrics and explanations
/// @param host exact host name in lower case, without port; `*` for any
/// @param pathPrefix begins with `/`; `/shop` matches `/shop`, `/shop/` and `/shop/x`, not
///   `/shopping`
/// @param maxStoredBodyBytes larger bodies pass through without being stored
public record Route(
    String name,
    String host,
    String pathPrefix,
    Origin origin,
    OriginTimeouts timeouts,
    CachePolicy policy,
    long maxStoredBodyBytes) {

  public Route {
    if (!pathPrefix.startsWith("/")) {
      throw new IllegalArgumentException(
          "a path prefix begins with \"/\", got \"" + pathPrefix + "\"");
    }
  }

  boolean matches(String requestHost, String path) {
    return (host.equals("*") || host.equals(requestHost)) && matchesPath(path);
  }

  private boolean matchesPath(String path) {
    if (!path.startsWith(pathPrefix)) {
      return false;
    }
    return pathPrefix.endsWith("/")
        || path.length() == pathPrefix.length()
        || path.charAt(pathPrefix.length()) == '/'
        || path.charAt(pathPrefix.length()) == '?';
  }
}
