package io.forebay.backends.behind;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.backends.database.DatabaseSettings;
import io.forebay.backends.database.DatabaseTier;
import io.forebay.backends.database.DatabaseUrl;
import io.forebay.backends.database.TestingPostgres;
import io.forebay.backends.memcached.MemcachedServers;
import io.forebay.backends.memcached.MemcachedSettings;
import io.forebay.backends.memcached.MemcachedTier;
import io.forebay.backends.redis.RedisServer;
import io.forebay.backends.redis.RedisSettings;
import io.forebay.backends.redis.RedisTier;
import io.forebay.cache.TimeSource;
import io.forebay.cache.VersionClock;
import io.forebay.cache.testing.TestingMemcached;
import io.forebay.cache.testing.TestingRedis;
import io.forebay.cache.testing.TierStorm;
import io.forebay.cache.tier.Tier;
import io.forebay.cache.tier.TierObserver;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Writes that wait, while the tier's server is hung, brought back, killed and brought back under
/// load: what is read is never older than what was acknowledged.
@Tag("checker")
class WriteBehindStormTest {

  private static final Duration LONG = Duration.ofMinutes(1);

  @TempDir private Path folder;

  private WriteBehindTier before(Tier tier) throws IOException {
    WriteBehindTier journaled =
        WriteBehindTier.open(
            tier,
            new VersionClock(TimeSource.SYSTEM),
            JournalSeal.NONE,
            new WriteBehindSettings(folder, false, 16 << 20));
    journaled.accept("storm");
    return journaled;
  }

  @Test
  void nothingOldIsReadWhileMemcachedIsHungAndKilled() throws Exception {
    try (TestingMemcached server = TestingMemcached.run()) {
      MemcachedTier tier =
          MemcachedTier.open(
              MemcachedSettings.of(MemcachedServers.parse(server.url()).orElseThrow(), "storm")
                  .withDeadline(Duration.ofMillis(300)),
              TierObserver.NONE);
      assertThat(tier.awaitConnection(LONG)).isEmpty();
      try (WriteBehindTier journaled = before(tier)) {
        TierStorm.rage(journaled, server, 5);
      }
    }
  }

  /// It begins empty after it was killed, so its values of before are not trusted; what waits is.
  @Tag("long")
  @Test
  void nothingOldIsReadWhileRedisIsHungAndKilled() throws Exception {
    try (TestingRedis server = TestingRedis.inMemory()) {
      RedisTier tier =
          RedisTier.open(
              RedisSettings.of(RedisServer.parse(server.url()).orElseThrow(), "storm")
                  .withDeadline(Duration.ofMillis(300)),
              TierObserver.NONE);
      assertThat(tier.awaitConnection(LONG)).isEmpty();
      try (WriteBehindTier journaled = before(tier)) {
        TierStorm.rage(journaled, server, 7);
      }
    }
  }

  @Tag("long")
  @Test
  void nothingOldIsReadWhilePostgresIsHungAndKilled() throws Exception {
    try (TestingPostgres server = TestingPostgres.run()) {
      DatabaseTier tier =
          DatabaseTier.open(
              DatabaseSettings.of(DatabaseUrl.parse(server.url()).orElseThrow(), "storm")
                  .withDeadline(Duration.ofMillis(500)),
              TierObserver.NONE);
      assertThat(tier.awaitConnection(LONG)).isEmpty();
      try (WriteBehindTier journaled = before(tier)) {
        TierStorm.rage(journaled, server, 6);
      }
    }
  }
}
