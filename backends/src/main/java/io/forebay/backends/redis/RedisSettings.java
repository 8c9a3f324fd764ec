package io.forebay.backends.redis;

import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.util.List;

/// How a Redis is reached and what is asked of it.
///
/// @param server where it is
/// @param namespace what every key begins with; nodes that share a Redis share it
/// @param deadline how long a call waits
/// @param connectTimeout how long opening a connection may take
/// @param maxCalls calls under way at most
/// @param longestLife how long a value lives at most
/// @param longestFill how long a load may take to be kept
/// @param loadLease how long a node has to load a key that others wait for, before another may
/// @param survivesRestarts whether it keeps everything that it acknowledged when it restarts: else
///   values of before a restart are not trusted
public record RedisSettings(
    RedisServer server,
    String namespace,
    Duration deadline,
    Duration connectTimeout,
    int maxCalls,
    Duration longestLife,
    Duration longestFill,
    Duration loadLease,
    boolean survivesRestarts) {

  public static final Duration DEFAULT_DEADLINE = Duration.ofMillis(250);
  public static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofSeconds(1);
  public static final int DEFAULT_MAX_CALLS = 1_024;
  public static final Duration DEFAULT_LONGEST_LIFE = Duration.ofHours(24);
  public static final Duration DEFAULT_LONGEST_FILL = Duration.ofMinutes(2);
  public static final Duration DEFAULT_LOAD_LEASE = Duration.ofSeconds(10);

  /// With the defaults.
  public static RedisSettings of(RedisServer server, String namespace) {
    return new RedisSettings(
        server,
        namespace,
        DEFAULT_DEADLINE,
        DEFAULT_CONNECT_TIMEOUT,
        DEFAULT_MAX_CALLS,
        DEFAULT_LONGEST_LIFE,
        DEFAULT_LONGEST_FILL,
        DEFAULT_LOAD_LEASE,
        false);
  }

  /// For the client, which gives up opening a connection as we do. Several of a cluster.
  List<RedisURI> uris() {
    List<RedisURI> uris = server.uris();
    uris.forEach(uri -> uri.setTimeout(connectTimeout));
    return uris;
  }

  public RedisSettings withDeadline(Duration span) {
    return with(span, longestFill, loadLease, survivesRestarts);
  }

  public RedisSettings withLongestFill(Duration span) {
    return with(deadline, span, loadLease, survivesRestarts);
  }

  public RedisSettings withNamespace(String name) {
    return new RedisSettings(
        server,
        name,
        deadline,
        connectTimeout,
        maxCalls,
        longestLife,
        longestFill,
        loadLease,
        survivesRestarts);
  }

  public RedisSettings withLoadLease(Duration span) {
    return with(deadline, longestFill, span, survivesRestarts);
  }

  public RedisSettings withSurvivesRestarts(boolean survives) {
    return with(deadline, longestFill, loadLease, survives);
  }

  private RedisSettings with(
      Duration newDeadline, Duration newLongestFill, Duration newLoadLease, boolean survives) {
    return new RedisSettings(
        server,
        namespace,
        newDeadline,
        connectTimeout,
        maxCalls,
        longestLife,
        newLongestFill,
        newLoadLease,
        survives);
  }
}
