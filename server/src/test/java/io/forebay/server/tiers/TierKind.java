package io.forebay.server.tiers;

import io.forebay.cache.testing.Opened;
import io.forebay.cache.testing.TestingMemcached;
import io.forebay.cache.testing.TestingRedis;
import io.forebay.server.audit.TestingPostgres;
import java.nio.file.Path;

/// What there may be behind a cache.
enum TierKind {
  FILE("file"),
  SQLITE("database"),
  POSTGRESQL("database"),
  MEMCACHED("memcached"),
  REDIS("redis");

  /// As settings name it.
  final String tier;

  TierKind(String tier) {
    this.tier = tier;
  }

  /// The line of the settings that says where one is, which is opened for it.
  ///
  /// @param deadline of its calls, and of connecting to it
  String settings(Path folder, Opened opened, String deadline) {
    return switch (this) {
      case FILE -> "file: {folder: %s, deadline: %s}".formatted(folder.resolve("files"), deadline);
      case SQLITE ->
          "database: {url: \"sqlite:%s\", deadline: %s}"
              .formatted(folder.resolve("x/tier.db"), deadline);
      case POSTGRESQL ->
          "database: {url: \"%s\", deadline: %s, connect_timeout: %s}"
              .formatted(TestingPostgres.newDatabase(), deadline, deadline);
      case MEMCACHED ->
          "memcached: {url: \"%s\", deadline: %s}"
              .formatted(opened.add(TestingMemcached.run()).url(), deadline);
      case REDIS ->
          "redis: {url: \"%s\", deadline: %s}"
              .formatted(opened.add(TestingRedis.inMemory()).url(), deadline);
    };
  }
}
