package io.forebay.backends.behind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.backends.database.DatabaseSettings;
import io.forebay.backends.database.DatabaseTier;
import io.forebay.backends.database.DatabaseUrl;
import io.forebay.backends.database.TestingPostgres;
import io.forebay.backends.file.FileTier;
import io.forebay.backends.file.FileTierSettings;
import io.forebay.backends.memcached.MemcachedServers;
import io.forebay.backends.memcached.MemcachedSettings;
import io.forebay.backends.memcached.MemcachedTier;
import io.forebay.backends.redis.RedisServer;
import io.forebay.backends.redis.RedisSettings;
import io.forebay.backends.redis.RedisTier;
import io.forebay.cache.testing.InvalidationChecker;
import io.forebay.cache.testing.InvalidationChecker.Findings;
import io.forebay.cache.testing.InvalidationChecker.Mix;
import io.forebay.cache.testing.InvalidationChecker.Plan;
import io.forebay.cache.testing.TestingMemcached;
import io.forebay.cache.testing.TestingRedis;
import io.forebay.cache.tier.Tier;
import io.forebay.cache.tier.TierObserver;
import io.forebay.cache.tier.WriteMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// The engine's checker over each backend and each mode of writing, with restarts of the node: no
/// read that begins after an acknowledgement is older than it, whatever waits in a journal. The
/// contract of tiers runs it without restarts for writes that do not wait.
@Tag("checker")
class CheckedModesTest {

  private static final Duration LONG = Duration.ofMinutes(1);
  private static final Duration DEADLINE = Duration.ofSeconds(20);

  private static final List<AutoCloseable> servers = new ArrayList<>();

  @TempDir private Path folder;

  @AfterAll
  static void end() throws Exception {
    for (AutoCloseable server : servers) {
      server.close();
    }
  }

  enum Kind {
    FILE,
    SQLITE,
    POSTGRESQL,
    MEMCACHED,
    REDIS
  }

  private static <T extends AutoCloseable> T running(T server) {
    servers.add(server);
    return server;
  }

  /// How a tier is opened each time; its server runs until all tests are over.
  private Callable<Tier> opening(Kind kind) {
    return switch (kind) {
      case FILE ->
          () ->
              FileTier.open(
                  FileTierSettings.of(folder.resolve("tier")).withDeadline(DEADLINE),
                  TierObserver.NONE);
      case SQLITE -> () -> opened(new DatabaseUrl.Sqlite(folder.resolve("tier.db")));
      case POSTGRESQL -> {
        String url = running(TestingPostgres.run()).url();
        yield () -> opened(DatabaseUrl.parse(url).orElseThrow());
      }
      case MEMCACHED -> {
        String url = running(TestingMemcached.run()).url();
        yield () -> {
          MemcachedTier tier =
              MemcachedTier.open(
                  MemcachedSettings.of(MemcachedServers.parse(url).orElseThrow(), "modes")
                      .withDeadline(DEADLINE),
                  TierObserver.NONE);
          assertThat(tier.awaitConnection(LONG)).isEmpty();
          return tier;
        };
      }
      case REDIS -> {
        String url = running(TestingRedis.inMemory()).url();
        yield () -> {
          RedisTier tier =
              RedisTier.open(
                  RedisSettings.of(RedisServer.parse(url).orElseThrow(), "modes")
                      .withDeadline(DEADLINE),
                  TierObserver.NONE);
          assertThat(tier.awaitConnection(LONG)).isEmpty();
          return tier;
        };
      }
    };
  }

  private static Tier opened(DatabaseUrl url) throws InterruptedException {
    DatabaseTier tier =
        DatabaseTier.open(
            DatabaseSettings.of(url, "modes").withDeadline(DEADLINE), TierObserver.NONE);
    assertThat(tier.awaitConnection(LONG)).isEmpty();
    return tier;
  }

  @ParameterizedTest
  @EnumSource
  void writesThatWaitAreNeverOvertakenByWhatWasBefore(Kind kind) throws Exception {
    check(kind, WriteMode.WRITE_BEHIND, 31, 2, 800);
  }

  @Tag("long")
  @ParameterizedTest
  @CsvSource({
    "FILE, WRITE_THROUGH",
    "FILE, WRITE_AROUND",
    "FILE, WRITE_BEHIND",
    "SQLITE, WRITE_THROUGH",
    "SQLITE, WRITE_AROUND",
    "SQLITE, WRITE_BEHIND",
    "POSTGRESQL, WRITE_THROUGH",
    "POSTGRESQL, WRITE_AROUND",
    "POSTGRESQL, WRITE_BEHIND",
    "MEMCACHED, WRITE_THROUGH",
    "MEMCACHED, WRITE_AROUND",
    "MEMCACHED, WRITE_BEHIND",
    "REDIS, WRITE_THROUGH",
    "REDIS, WRITE_AROUND",
    "REDIS, WRITE_BEHIND"
  })
  void norInAnyModeForLong(Kind kind, WriteMode mode) throws Exception {
    check(kind, mode, 41, 5, 6_000);
  }

  private void check(Kind kind, WriteMode mode, long seed, int lives, long operations)
      throws Exception {
    Callable<Tier> opening = opening(kind);
    try (RestartingNode node = new RestartingNode(opening, mode, folder)) {
      InvalidationChecker checker = new InvalidationChecker(List.of(node));
      long tierHits = 0;
      for (int run = 0; run < lives; run++) {
        long own = seed * 1_000 + run;
        Findings findings = checker.run(Mix.EVERYTHING, new Plan(own, 6, operations));
        assertThat(findings.violation()).isEmpty();
        // Many writes and invalidations of few keys, and readers.
        Plan changes = new Plan(own, 4, operations / 2).withReaders(2, 2);
        assertThat(checker.run(Mix.CHANGES, changes).violation()).isEmpty();
        assertThat(node.statistics().readsFailed() + node.statistics().writesFailed()).isZero();
        tierHits += node.statistics().hits();
        // What waits at this moment waits on.
        node.restart();
        assertThat(checker.run(Mix.READS, new Plan(seed, 6, 300)).violation()).isEmpty();
      }
      assertThat(tierHits).isGreaterThan(lives * operations / 500);
      assertLastWritesAreThere(node);
    }
    if (mode == WriteMode.WRITE_BEHIND) {
      // And in the tier itself, not in the journal.
      deleteJournal();
      try (RestartingNode node = new RestartingNode(opening, mode, folder)) {
        assertThat(lastWrites(node)).isEqualTo(expected());
      }
    }
  }

  private void deleteJournal() throws IOException {
    Path journal = folder.resolve("write-behind");
    try (Stream<Path> files = Files.list(journal)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(journal);
  }

  private static final int LAST = 100;

  private static List<OptionalLong> expected() {
    List<OptionalLong> expected = new ArrayList<>();
    for (int i = 0; i < LAST; i++) {
      expected.add(OptionalLong.of(1_000 + i));
    }
    return expected;
  }

  private static List<OptionalLong> lastWrites(RestartingNode node) {
    List<OptionalLong> found = new ArrayList<>();
    for (int i = 0; i < LAST; i++) {
      found.add(node.get("last" + i));
    }
    return found;
  }

  /// Each key written twice, and the node ended at once.
  private static void assertLastWritesAreThere(RestartingNode node) throws Exception {
    for (int i = 0; i < LAST; i++) {
      assertThat(node.put("last" + i, i)).isTrue();
      assertThat(node.put("last" + i, 1_000 + i)).isTrue();
    }
    node.restart();
    assertThat(lastWrites(node)).isEqualTo(expected());
    await()
        .atMost(LONG)
        .until(() -> node.condition().backlog().map(waiting -> waiting.writes()).orElse(0L) == 0);
  }
}
