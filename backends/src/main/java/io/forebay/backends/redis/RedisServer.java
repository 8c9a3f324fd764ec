package io.forebay.backends.redis;

import io.lettuce.core.RedisURI;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;

/// Where a Redis is, and as whom it is spoken to.
///
/// `redis://[user:password@]host[:port][/db]`, `rediss://` for TLS, and
/// `redis-sentinel://[user:password@]host[:port],host[:port]…[/db]#master` (`rediss-sentinel://`).
public final class RedisServer {

  private final RedisURI uri;
  private final String shown;

  private RedisServer(RedisURI uri, String shown) {
    this.uri = uri;
    this.shown = shown;
  }

  /// Reads such a URL; empty if it is none.
  public static Optional<RedisServer> parse(String url) {
    int scheme = url.indexOf("://");
    if (scheme < 0 || !url.matches("(redis|rediss|redis-sentinel|rediss-sentinel)://\\S+")) {
      return Optional.empty();
    }
    int at = url.lastIndexOf('@');
    String authority = url.substring((at < 0 ? scheme + 3 : at + 1));
    boolean sentinel = url.substring(0, scheme).endsWith("sentinel");
    if (authority.isEmpty()
        || authority.startsWith("/")
        || authority.startsWith(":")
        || authority.startsWith("#")
        || sentinel != authority.contains("#")) {
      return Optional.empty();
    }
    try {
      if (!sentinel) {
        URI strict = new URI(url);
        if (strict.getHost() == null || strict.getPort() > 65_535 || strict.getPort() == 0) {
          return Optional.empty();
        }
      }
      RedisURI uri = RedisURI.create(url);
      String user = at < 0 ? "" : "***@";
      return Optional.of(new RedisServer(uri, url.substring(0, scheme + 3) + user + authority));
    } catch (URISyntaxException | IllegalArgumentException | NullPointerException notOne) {
      return Optional.empty();
    }
  }

  RedisURI uri() {
    return uri;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RedisServer that && shown.equals(that.shown) && uri.equals(that.uri);
  }

  @Override
  public int hashCode() {
    return shown.hashCode();
  }

  /// Without user and password.
  @Override
  public String toString() {
    return shown;
  }
}
