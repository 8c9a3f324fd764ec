package io.forebay.backends.redis;

import io.lettuce.core.RedisURI;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Where a Redis is, and as whom it is spoken to.
///
/// `redis://[user:password@]host[:port][/db]`, `rediss://` for TLS;
/// `redis-sentinel://[user:password@]host[:port],host[:port]…[/db]#master` (`rediss-sentinel://`);
/// `redis-cluster://[user:password@]host[:port],host[:port]…` (`rediss-cluster://`) with some of a
/// Redis Cluster's nodes.
public final class RedisServer {

  private static final String SCHEMES = "rediss?(-sentinel|-cluster)?";

  /// What is behind the addresses.
  enum Kind {
    SINGLE,
    SENTINEL,
    CLUSTER
  }

  private final Kind kind;
  private final List<String> urls;
  private final String shown;

  private RedisServer(Kind kind, List<String> urls, String shown) {
    this.kind = kind;
    this.urls = List.copyOf(urls);
    this.shown = shown;
  }

  /// Reads such a URL; empty if it is none.
  public static Optional<RedisServer> parse(String url) {
    int end = url.indexOf("://");
    if (end < 0 || !url.matches(SCHEMES + "://\\S+")) {
      return Optional.empty();
    }
    String scheme = url.substring(0, end);
    int at = url.lastIndexOf('@');
    String user = at < 0 ? "" : url.substring(end + 3, at + 1);
    String authority = url.substring(at < 0 ? end + 3 : at + 1);
    Kind kind =
        scheme.endsWith("-sentinel")
            ? Kind.SENTINEL
            : scheme.endsWith("-cluster") ? Kind.CLUSTER : Kind.SINGLE;
    if (authority.isEmpty()
        || authority.matches("[/:#].*")
        || (kind == Kind.SENTINEL) != authority.contains("#")) {
      return Optional.empty();
    }
    try {
      List<String> urls =
          switch (kind) {
            case SINGLE -> List.of(single(url));
            case SENTINEL -> List.of(url);
            case CLUSTER -> cluster(scheme.replace("-cluster", "") + "://" + user, authority);
          };
      urls.forEach(RedisURI::create);
      String masked = user.isEmpty() ? "" : "***@";
      return Optional.of(new RedisServer(kind, urls, scheme + "://" + masked + authority));
    } catch (URISyntaxException | IllegalArgumentException | NullPointerException notOne) {
      return Optional.empty();
    }
  }

  private static String single(String url) throws URISyntaxException {
    URI strict = new URI(url);
    if (strict.getHost() == null || strict.getPort() > 65_535 || strict.getPort() == 0) {
      throw new URISyntaxException(url, "no host and port");
    }
    return url;
  }

  /// A Redis Cluster has no databases; what follows a question mark holds for every node.
  private static List<String> cluster(String before, String authority) throws URISyntaxException {
    int question = authority.indexOf('?');
    String nodes = question < 0 ? authority : authority.substring(0, question);
    String options = question < 0 ? "" : authority.substring(question);
    if (nodes.contains("/")) {
      throw new URISyntaxException(nodes, "a cluster has no databases");
    }
    List<String> urls = new ArrayList<>();
    for (String node : nodes.split(",", -1)) {
      urls.add(single(before + node + options));
    }
    return urls;
  }

  Kind kind() {
    return kind;
  }

  /// Whether another server may take the place of the one that is written to.
  public boolean mayFailOver() {
    return kind != Kind.SINGLE;
  }

  /// One, or for a cluster those of the nodes that were named. New ones each time, since they can
  /// be changed.
  List<RedisURI> uris() {
    return urls.stream().map(RedisURI::create).toList();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RedisServer that && shown.equals(that.shown) && urls.equals(that.urls);
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
