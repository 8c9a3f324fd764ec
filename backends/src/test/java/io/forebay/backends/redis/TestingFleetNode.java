package io.forebay.backends.redis;

import io.forebay.cache.Cache;
import io.forebay.cache.CacheBuilder;
import io.forebay.cache.TimeSource;
import io.forebay.cache.Upkeep;
import io.forebay.cache.VersionClock;
import io.forebay.cache.testing.TieredNode;
import io.forebay.cache.tier.TierGuard;
import io.forebay.cache.tier.TierObserver;
import io.forebay.cache.tier.TieredCache;
import java.io.IOException;

/// A node with everything that it needs of Redis, as the server would build it.
final class TestingFleetNode implements AutoCloseable {

  final RedisStreamsLog log;
  final RedisTier tier;
  final TieredNode node;
  private final Cache<String, Long> cache;

  TestingFleetNode(RedisSettings redis, FleetSettings fleet) throws IOException {
    Upkeep upkeep = Upkeep.manual();
    VersionClock versions = new VersionClock(TimeSource.SYSTEM);
    log = RedisStreamsLog.open(redis, fleet, TimeSource.SYSTEM);
    tier = RedisTier.open(redis, TierObserver.NONE);
    TierGuard guard = new TierGuard(log);
    guard.guard("numbers", tier);
    cache =
        CacheBuilder.<Long>withTextKeys("numbers")
            .maxEntries(16)
            .maxBarriers(256)
            .invalidationLog(guard)
            .versionClock(versions)
            .copiesLive(TieredCache.copiesLive(tier))
            .upkeep(upkeep)
            .build();
    TieredCache<Long> tiered =
        new TieredCache<>(cache, tier, TieredNode.CODEC, log, versions, TimeSource.SYSTEM);
    node = new TieredNode(tiered, guard, upkeep);
  }

  @Override
  public void close() {
    cache.close();
    tier.close();
    log.close();
  }
}
