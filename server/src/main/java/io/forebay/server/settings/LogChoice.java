package io.forebay.server.settings;

/// Where the operator wants the log of invalidations.
enum LogChoice {
  /// Where the tiers in use need it to be.
  AUTO,
  MEMORY,
  FILE,
  REDIS
}
