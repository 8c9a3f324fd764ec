package io.forebay.cache.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.cache.Cache;
import io.forebay.cache.CacheBuilder;
import io.forebay.cache.InProcessInvalidationLog;
import io.forebay.cache.TimeSource;
import io.forebay.cache.Upkeep;
import io.forebay.cache.VersionClock;
import io.forebay.cache.tier.Tier;
import io.forebay.cache.tier.TierGuard;
import io.forebay.cache.tier.TierKey;
import io.forebay.cache.tier.TierRead;
import io.forebay.cache.tier.TieredCache;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// A cache with a tier under load while the tier's server is hung, brought back, killed, and
/// brought back: no read after an acknowledgement is older than it, and the tier is used again each
/// time. A test of each server calls [#rage].
public final class TierStorm {

  private static final Duration LONG = Duration.ofSeconds(90);

  /// The server, and what can be done to it.
  public interface Server {
    void hang();

    void resume();

    void kill();

    void start();
  }

  private static final int ENOUGH = 10;
  private static final int MOST_RUNS = 1_000;

  private TierStorm() {}

  /// @param tier with a short deadline
  public static void rage(Tier tier, Server server, long seed) throws Exception {
    String name = "storm";
    TierGuard log = new TierGuard(new InProcessInvalidationLog(System.currentTimeMillis()));
    VersionClock clock = new VersionClock(TimeSource.SYSTEM);
    log.guard(name, tier);
    Upkeep chores = Upkeep.manual();
    try (Cache<String, Long> memory =
        CacheBuilder.<Long>withTextKeys(name)
            .maxEntries(8)
            .invalidationLog(log)
            .versionClock(clock)
            .copiesLive(TieredCache.copiesLive(tier))
            .upkeep(chores)
            .build()) {
      TieredCache<Long> tiered =
          new TieredCache<>(memory, tier, TieredNode.CODEC, log, clock, TimeSource.SYSTEM);
      CompletableFuture<Void> weather =
          CompletableFuture.runAsync(
              () -> weather(tier, tiered, server), Thread.ofPlatform()::start);
      long hits = 0;
      // A slow machine has hardly begun when the weather is over.
      for (int run = 0; !weather.isDone() || isTooCalm(tiered, run); run++) {
        InvalidationChecker.Findings findings =
            InvalidationChecker.check(
                List.of(new TieredNode(tiered, log, chores)),
                new InvalidationChecker.Plan(seed * 1_000 + run, 4, 3_000));
        assertThat(findings.violation()).isEmpty();
        hits += findings.hits();
      }
      weather.get(1, TimeUnit.SECONDS);
      assertThat(hits).isGreaterThan(100);
      assertThat(tiered.statistics().hits()).isGreaterThan(ENOUGH);
      assertThat(tiered.statistics().writesFailed()).isGreaterThan(ENOUGH);
    }
  }

  private static boolean isTooCalm(TieredCache<?> tiered, int run) {
    return tiered.statistics().hits() <= ENOUGH && run < MOST_RUNS;
  }

  private static void weather(Tier tier, TieredCache<?> tiered, Server server) {
    awaitAnswers(tier, true);
    server.hang();
    awaitAnswers(tier, false);
    server.resume();
    awaitAnswers(tier, true);
    server.kill();
    awaitAnswers(tier, false);
    await().atMost(LONG).until(() -> tiered.statistics().writesFailed() > ENOUGH);
    server.start();
    awaitAnswers(tier, true);
  }

  private static void awaitAnswers(Tier tier, boolean whether) {
    TierKey key = new TierKey("storm", "weather");
    await().atMost(LONG).until(() -> !(tier.read(key) instanceof TierRead.Unavailable) == whether);
  }
}
