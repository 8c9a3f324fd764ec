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
public record Route(
    String name,
    Optional<String> host,
    String path,
    PoolSettings pool,
    OriginTimeouts timeouts,
    CachePolicy policy,
    long maxStoredBodyBytes) {

  public Route {
    if (!path.startsWith("/")) {
      throw new IllegalArgumentException("a path begins with \"/\", got \"" + path + "\"");
    }
  }

  boolean matches(String requestHost, String requestPath) {
    return matchesHost(requestHost) && matchesGlob(path, requestPath);
  }

  private boolean matchesHost(String requestHost) {
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
