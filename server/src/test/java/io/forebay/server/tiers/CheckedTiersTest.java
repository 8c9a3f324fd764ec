package io.forebay.server.tiers;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.cache.testing.InvalidationChecker;
import io.forebay.cache.testing.InvalidationChecker.Mix;
import io.forebay.cache.testing.InvalidationChecker.Plan;
import io.forebay.cache.testing.TestingMemcached;
import io.forebay.cache.testing.TestingRedis;
import io.forebay.cache.tier.WriteMode;
import io.forebay.server.TestingServer;
import io.forebay.server.audit.TestingPostgres;
import io.forebay.server.invalidation.HttpNodes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// The engine's checker over whole servers with every tier and every mode of writing, which are
/// stopped and started again: no answer to a read that begins after an acknowledgement is older.
class CheckedTiersTest {

  private final List<AutoCloseable> opened = new ArrayList<>();

  @TempDir private Path folder;

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : opened.reversed()) {
      one.close();
    }
  }

  private <T extends AutoCloseable> T opened(T one) {
    opened.add(one);
    return one;
  }

  enum Kind {
    FILE("file"),
    SQLITE("database"),
    POSTGRESQL("database"),
    MEMCACHED("memcached"),
    REDIS("redis");

    private final String tier;

    Kind(String tier) {
      this.tier = tier;
    }
  }

  /// With everything on that stands before a tier, and memory for a third of the keys.
  private String settings(Kind kind, WriteMode mode) {
    String where =
        switch (kind) {
          case FILE -> "file: {folder: " + folder.resolve("files") + ", deadline: 20s}";
          case SQLITE ->
              "database: {url: \"sqlite:" + folder.resolve("tier.db") + "\", deadline: 20s}";
          case POSTGRESQL ->
              "database: {url: \""
                  + TestingPostgres.newDatabase()
                  + "\", deadline: 20s, connect_timeout: 20s}";
          case MEMCACHED ->
              "memcached: {url: \"" + opened(TestingMemcached.run()).url() + "\", deadline: 20s}";
          case REDIS ->
              "redis: {url: \"" + opened(TestingRedis.inMemory()).url() + "\", deadline: 20s}";
        };
    return """
    data: {dir: %s}
    log: {exchanges: off}
    audit: {enabled: off}
    invalidation: {log: file}
    entries: {tier: %s, write_mode: %s}
    caches: {default: {max_entries: 8}}
    tiers: {compression: on, compress_from: 1B, own_encryption_key: on}
    %s
    """
        .formatted(folder.resolve("data"), kind.tier, mode.name().toLowerCase(Locale.ROOT), where);
  }

  @ParameterizedTest
  @EnumSource(names = {"SQLITE", "REDIS"})
  void noEntryIsOlderThanWhatWasAcknowledgedThoughWritesWait(Kind kind)
      throws InterruptedException {
    check(kind, WriteMode.WRITE_BEHIND, 51, 2, 800);
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
  void norInAnyModeForLong(Kind kind, WriteMode mode) throws InterruptedException {
    check(kind, mode, 61, 4, 4_000);
  }

  private void check(Kind kind, WriteMode mode, long seed, int lives, long operations)
      throws InterruptedException {
    String yaml = settings(kind, mode);
    HttpNodes.Latest node = new HttpNodes.Latest();
    InvalidationChecker checker = new InvalidationChecker(List.of(node));
    for (int run = 0; run < lives; run++) {
      try (TestingServer server = TestingServer.start(yaml)) {
        node.is(server);
        assertThat(checker.run(Mix.READS, new Plan(seed, 4, 200)).violation()).isEmpty();
        var findings = checker.run(Mix.EVERYTHING, new Plan(seed * 1_000 + run, 8, operations));
        assertThat(findings.violation()).isEmpty();
        assertThat(findings.hits()).as("%s", findings).isGreaterThan(run * operations / 50);
        assertThat(server.get("/v1/caches/default").body())
            .contains("\"write_mode\":\"" + mode.name().toLowerCase(Locale.ROOT) + "\"");
      }
    }
  }
}
