package io.forebay.proxy.route;

import io.forebay.http.caching.CachePolicy;
import io.forebay.proxy.origin.Origin;
import io.forebay.proxy.origin.OriginTimeouts;
import java.util.List;
import java.util.Optional;

/// What requests of one host and path get.
///
/// @param name for logs, metrics and explanations
/// @param host in lower case, without port; `*.example.org` for any name below it; empty for any
///   host
/// @param path begins with `/`; `*` stands for anything, also for nothing
/// @param origins at least one; the first that takes a connection gets the request
/// @param maxStoredBodyBytes larger bodies pass through without being stored
public record Route(
    String name,
    Optional<String> host,
    String path,
    List<Origin> origins,
    OriginTimeouts timeouts,
    CachePolicy policy,
    long maxStoredBodyBytes) {

  public Route {
    origins = List.copyOf(origins);
    if (!path.startsWith("/")) {
      throw new IllegalArgumentException("a path begins with \"/\", got \"" + path + "\"");
    }
    if (origins.isEmpty()) {
      throw new IllegalArgumentException("a route needs an origin, " + name + " has none");
    }
  }

  boolean matches(String requestHost, String requestPath) {
    return matchesHost(requestHost) && matchesGlob(path, requestPath);
  }

  boolean takesAllPaths() {
    return path.equals("/*");
  }

  boolean matchesHost(String requestHost) {
    if (host.isEmpty()) {
      return true;
    }
    String wanted = host.get();
    return wanted.startsWith("*.")
        ? requestHost.endsWith(wanted.substring(1)) && requestHost.length() >= wanted.length()
        : wanted.equals(requestHost);
  }

  /// Greedy from the left with one place to return to: linear for one star, and never worse than
  /// the product of the lengths.
  private static boolean matchesGlob(String glob, String text) {
    int g = 0;
    int t = 0;
    int star = -1;
    int resume = 0;
    while (t < text.length()) {
      if (g < glob.length() && glob.charAt(g) == '*') {
        star = g++;
        resume = t;
      } else if (g < glob.length() && glob.charAt(g) == text.charAt(t)) {
        g++;
        t++;
      } else if (star >= 0) {
        g = star + 1;
        t = ++resume;
      } else {
        return false;
      }
    }
    while (g < glob.length() && glob.charAt(g) == '*') {
      g++;
    }
    return g == glob.length();
  }
}
