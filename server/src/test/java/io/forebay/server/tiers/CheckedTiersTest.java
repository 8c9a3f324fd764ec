package io.forebay.server.tiers;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.cache.testing.InvalidationChecker;
import io.forebay.cache.testing.InvalidationChecker.Mix;
import io.forebay.cache.testing.InvalidationChecker.Plan;
import io.forebay.cache.testing.Opened;
import io.forebay.cache.tier.WriteMode;
import io.forebay.server.TestingServer;
import io.forebay.server.invalidation.HttpNodes;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// The engine's checker over whole servers with every tier and every mode of writing, which are
/// stopped and started again: no answer to a read that begins after an acknowledgement is older.
@Tag("checker")
class CheckedTiersTest {

  @AutoClose private final Opened opened = new Opened();

  @TempDir private Path folder;

  /// With everything on that stands before a tier, and memory for a third of the keys.
  private String settings(TierKind kind, WriteMode mode) {
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
        .formatted(
            folder.resolve("data"),
            kind.tier,
            mode.name().toLowerCase(Locale.ROOT),
            kind.settings(folder, opened, "20s"));
  }

  @ParameterizedTest
  @EnumSource(names = {"SQLITE", "REDIS"})
  void noEntryIsOlderThanWhatWasAcknowledgedThoughWritesWait(TierKind kind)
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
  void norInAnyModeForLong(TierKind kind, WriteMode mode) throws InterruptedException {
    check(kind, mode, 61, 4, 4_000);
  }

  private void check(TierKind kind, WriteMode mode, long seed, int lives, long operations)
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
