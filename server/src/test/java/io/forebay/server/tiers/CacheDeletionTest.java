package io.forebay.server.tiers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.cache.CacheBuilder;
import io.forebay.cache.InProcessInvalidationLog;
import io.forebay.cache.TimeSource;
import io.forebay.cache.Upkeep;
import io.forebay.cache.VersionClock;
import io.forebay.cache.policy.HitObjective;
import io.forebay.cache.testing.Opened;
import io.forebay.cache.testing.TestingMemcached;
import io.forebay.cache.testing.TestingRedis;
import io.forebay.server.TestingServer;
import io.forebay.server.caches.CacheRegistry;
import io.forebay.server.caches.CacheRegistry.DeleteOutcome;
import io.forebay.server.caches.CacheSpecification;
import io.forebay.server.caches.NodeDefaults;
import io.forebay.server.caches.StoredValue;
import io.forebay.server.caches.TierChoice;
import io.forebay.server.invalidation.TestingJournal;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A deleted cache's values are invalid wherever they lie: that is a record of the log, and the
/// answer says what became of it.
class CacheDeletionTest {

  private static final Duration LONG = Duration.ofMinutes(1);
  private static final String KEY = "/v1/caches/made/entries/k";

  @AutoClose private final Opened opened = new Opened();

  @TempDir private Path folder;

  private TestingServer node(String name, TestingRedis redis, TestingMemcached memcached) {
    return opened.add(
        TestingServer.start(
            """
            node: {name: %s}
            redis: {url: "%s", survives_restarts: true}
            memcached: {url: "%s"}
            invalidation: {log: redis, lease: 60s}
            caches: {made: {tier: memcached}}
            log: {exchanges: off}
            """
                .formatted(name, redis.url(), memcached.url())));
  }

  @Test
  void withoutTheLogItIsPendingUntilOtherNodesHearOfIt() {
    TestingRedis redis = opened.add(TestingRedis.durable());
    TestingMemcached memcached = opened.add(TestingMemcached.run());
    TestingServer a = node("a", redis, memcached);
    TestingServer b = node("b", redis, memcached);
    assertThat(a.send("PUT", KEY, "v").statusCode()).isEqualTo(201);
    assertThat(b.get(KEY).body()).isEqualTo("v");
    redis.kill();
    assertThat(a.send("DELETE", "/v1/caches/made", "").statusCode()).isEqualTo(202);
    assertThat(b.get(KEY).body()).as("it cannot know").isEqualTo("v");
    assertThat(a.send("DELETE", "/v1/caches/made", "").statusCode()).isEqualTo(404);
    redis.start();
    await().atMost(LONG).until(() -> b.get(KEY).statusCode() == 404);
    assertThat(b.get("/metrics").body())
        .as("and not because an epoch began")
        .contains("\nforebay_invalidation_epochs_total 1");
  }

  @Test
  void whatTheLogDidNotKeepIsNotAcknowledgedAndMayBeOrderedAgain() throws Exception {
    var journal = new TestingJournal();
    var log = new InProcessInvalidationLog(journal, TimeSource.SYSTEM);
    var settings =
        TestingServer.settings(
            "entries: {tier: file}\nfile: {folder: " + folder.resolve("files") + "}\n");
    try (Tiers tiers =
            Tiers.open(settings, log, new VersionClock(TimeSource.SYSTEM), TimeSource.SYSTEM);
        var registry =
            new CacheRegistry(
                (name, traits) ->
                    CacheBuilder.<StoredValue>withTextKeys(name)
                        .bounds(traits.bounds(), StoredValue::weigh)
                        .invalidationLog(log)
                        .upkeep(Upkeep.manual())
                        .build(),
                tiers,
                new NodeDefaults(
                    1_000_000,
                    Duration.ofHours(1),
                    "lru",
                    HitObjective.OBJECTS,
                    false,
                    TierChoice.FILE))) {
      registry.define("made", CacheSpecification.DEFAULTS);
      journal.full(true);
      var notKept = new DeleteOutcome.NotKept("the disk is full");
      assertThat(registry.delete("made")).isEqualTo(notKept);
      assertThat(registry.find("made")).isEmpty();
      assertThat(registry.delete("made")).as("again").isEqualTo(notKept);
      assertThat(registry.delete("never")).isEqualTo(new DeleteOutcome.Unknown());
      journal.full(false);
      assertThat(registry.delete("made")).isEqualTo(new DeleteOutcome.Deleted());
      assertThat(registry.delete("made")).isEqualTo(new DeleteOutcome.Unknown());
    }
  }
}
