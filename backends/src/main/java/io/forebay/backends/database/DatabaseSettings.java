package io.forebay.backends.database;

import java.time.Duration;

/// How a database is reached and what is asked of it.
///
/// @param url which one
/// @param namespace tells those apart who share a table; nodes that share values share it
/// @param deadline how long a call waits
/// @param connectTimeout how long opening a connection may take
/// @param connections open at most
/// @param maxCalls calls under way at most
/// @param longestLife how long a value lives at most
/// @param longestFill how long a load may take to be kept
/// @param maxBytes of values in the table, of all namespaces; the oldest go first
/// @param survivesFailovers whether a PostgreSQL that was promoted has everything that the one
///   before it acknowledged: else values of before are not trusted
public record DatabaseSettings(
    DatabaseUrl url,
    String namespace,
    Duration deadline,
    Duration connectTimeout,
    int connections,
    int maxCalls,
    Duration longestLife,
    Duration longestFill,
    long maxBytes,
    boolean survivesFailovers) {

  public static final Duration DEFAULT_DEADLINE = Duration.ofSeconds(1);
  public static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofSeconds(2);
  public static final int DEFAULT_CONNECTIONS = 8;
  public static final int DEFAULT_MAX_CALLS = 1_024;
  public static final Duration DEFAULT_LONGEST_LIFE = Duration.ofHours(24);
  public static final Duration DEFAULT_LONGEST_FILL = Duration.ofMinutes(2);
  public static final long DEFAULT_MAX_BYTES = 1L << 30;

  /// With the defaults.
  public static DatabaseSettings of(DatabaseUrl url, String namespace) {
    return new DatabaseSettings(
        url,
        namespace,
        DEFAULT_DEADLINE,
        DEFAULT_CONNECT_TIMEOUT,
        DEFAULT_CONNECTIONS,
        DEFAULT_MAX_CALLS,
        DEFAULT_LONGEST_LIFE,
        DEFAULT_LONGEST_FILL,
        DEFAULT_MAX_BYTES,
        false);
  }

  public DatabaseSettings withNamespace(String name) {
    return new DatabaseSettings(
        url,
        name,
        deadline,
        connectTimeout,
        connections,
        maxCalls,
        longestLife,
        longestFill,
        maxBytes,
        survivesFailovers);
  }

  public DatabaseSettings withDeadline(Duration span) {
    return new DatabaseSettings(
        url,
        namespace,
        span,
        connectTimeout,
        connections,
        maxCalls,
        longestLife,
        longestFill,
        maxBytes,
        survivesFailovers);
  }

  public DatabaseSettings withLongestFill(Duration span) {
    return new DatabaseSettings(
        url,
        namespace,
        deadline,
        connectTimeout,
        connections,
        maxCalls,
        longestLife,
        span,
        maxBytes,
        survivesFailovers);
  }

  public DatabaseSettings withMaxBytes(long bytes) {
    return new DatabaseSettings(
        url,
        namespace,
        deadline,
        connectTimeout,
        connections,
        maxCalls,
        longestLife,
        longestFill,
        bytes,
        survivesFailovers);
  }
}
