package io.forebay.server.settings;

/// Where the log of invalidations is kept.
public enum LogStorage {
  MEMORY,
  /// In `data.dir`.
  FILE,
  /// In a Redis that nodes share.
  REDIS
}
