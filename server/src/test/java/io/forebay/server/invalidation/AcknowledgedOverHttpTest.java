package io.forebay.server.invalidation;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.cache.testing.InvalidationChecker;
import io.forebay.server.TestingServer;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The engine's checker over a whole server: no read that begins after an answer 200 to an
/// invalidation sees what was before it.
@Tag("checker")
class AcknowledgedOverHttpTest {

  private static final int THREADS = 8;

  @Test
  void noPageIsOlderThanAnAcknowledgedInvalidation() throws InterruptedException {
    checkPages(1, 6_000);
  }

  @Tag("long")
  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13})
  void noPageIsOlderThanAnAcknowledgedInvalidationForLong(long seed) throws InterruptedException {
    checkPages(seed, 150_000);
  }

  private static void checkPages(long seed, long operations) throws InterruptedException {
    try (var pages = new HttpNodes.Pages()) {
      var findings =
          InvalidationChecker.check(
              List.of(pages), new InvalidationChecker.Plan(seed, THREADS, operations));
      assertThat(findings.violation()).isEmpty();
      assertThat(findings.operations()).isEqualTo(operations);
      assertThat(findings.hits()).as("%s", findings).isGreaterThan(operations / 20);
      assertThat(pages.server().running().pages().orElseThrow().statistics().hits())
          .as("from the store")
          .isGreaterThan(operations / 50);
    }
  }

  @Test
  void noEntryIsOlderThanAnAcknowledgedInvalidation() throws InterruptedException {
    checkEntries(2, 6_000);
  }

  @Tag("long")
  @Test
  void noEntryIsOlderThanAnAcknowledgedInvalidationForLong() throws InterruptedException {
    checkEntries(21, 150_000);
  }

  private static void checkEntries(long seed, long operations) throws InterruptedException {
    try (var server = TestingServer.start("log: {exchanges: off}\naudit: {enabled: off}")) {
      var findings =
          InvalidationChecker.check(
              List.of(new HttpNodes.Entries(server)),
              new InvalidationChecker.Plan(seed, THREADS, operations));
      assertThat(findings.violation()).isEmpty();
      assertThat(findings.hits()).as("%s", findings).isGreaterThan(operations / 50);
    }
  }
}
