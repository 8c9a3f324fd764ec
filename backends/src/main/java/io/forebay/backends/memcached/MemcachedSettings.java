package io.forebay.backends.memcached;

import java.time.Duration;

/// How Memcached servers are reached and what is asked of them.
///
/// @param servers where they are
/// @param namespace what every key begins with; nodes that share the servers share it. At most
///   [#NAMESPACE_CHARACTERS] of letters, digits, `-`, `_` and `.`
/// @param deadline how long a call waits
/// @param connectTimeout how long opening a connection may take
/// @param maxCalls commands under way at most, for each server; at least 16
/// @param longestLife how long a value lives at most; at most [#LONGEST_LIFE]
/// @param longestFill how long a load may take to be kept
public record MemcachedSettings(
    MemcachedServers servers,
    String namespace,
    Duration deadline,
    Duration connectTimeout,
    int maxCalls,
    Duration longestLife,
    Duration longestFill) {

  public static final int NAMESPACE_CHARACTERS = 64;

  /// Memcached takes greater numbers for dates.
  public static final Duration LONGEST_LIFE = Duration.ofDays(29);

  public static final Duration DEFAULT_DEADLINE = Duration.ofMillis(250);
  public static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofSeconds(1);
  public static final int DEFAULT_MAX_CALLS = 1_024;
  public static final Duration DEFAULT_LONGEST_LIFE = Duration.ofHours(24);
  public static final Duration DEFAULT_LONGEST_FILL = Duration.ofMinutes(2);

  public MemcachedSettings {
    if (!namespace.matches("[\\w.-]{1," + NAMESPACE_CHARACTERS + "}")) {
      throw new IllegalArgumentException("a namespace of " + namespace);
    }
    if (maxCalls < 16) {
      throw new IllegalArgumentException("calls: " + maxCalls);
    }
    if (longestLife.compareTo(LONGEST_LIFE) > 0 || longestFill.compareTo(longestLife) > 0) {
      throw new IllegalArgumentException("values that live " + longestLife);
    }
  }

  /// With the defaults.
  public static MemcachedSettings of(MemcachedServers servers, String namespace) {
    return new MemcachedSettings(
        servers,
        namespace,
        DEFAULT_DEADLINE,
        DEFAULT_CONNECT_TIMEOUT,
        DEFAULT_MAX_CALLS,
        DEFAULT_LONGEST_LIFE,
        DEFAULT_LONGEST_FILL);
  }

  public MemcachedSettings withNamespace(String name) {
    return new MemcachedSettings(
        servers, name, deadline, connectTimeout, maxCalls, longestLife, longestFill);
  }

  public MemcachedSettings withDeadline(Duration span) {
    return new MemcachedSettings(
        servers, namespace, span, connectTimeout, maxCalls, longestLife, longestFill);
  }

  public MemcachedSettings withLongestFill(Duration span) {
    return new MemcachedSettings(
        servers, namespace, deadline, connectTimeout, maxCalls, longestLife, span);
  }
}
