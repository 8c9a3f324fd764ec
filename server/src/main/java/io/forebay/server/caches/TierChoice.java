package io.forebay.server.caches;

/// Which tier lies behind a cache.
public enum TierChoice {
  NONE,
  REDIS
}
