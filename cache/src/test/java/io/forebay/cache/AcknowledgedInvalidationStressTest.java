package io.forebay.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.cache.testing.CacheNode;
import io.forebay.cache.testing.InvalidationChecker;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// [InvalidationChecker] over one cache.
@Tag("checker")
class AcknowledgedInvalidationStressTest {

  @ParameterizedTest(name = "seed {0}, {1} barriers")
  @CsvSource({"1, 65536", "2, 8"})
  void noReadAfterAnAcknowledgedInvalidationIsOlderThanIt(long seed, int barriers)
      throws InterruptedException {
    check(seed, barriers, 400_000);
  }

  @Tag("long")
  @ParameterizedTest(name = "seed {0}, {1} barriers")
  @CsvSource({
    "11, 65536",
    "12, 65536",
    "13, 65536",
    "14, 65536",
    "15, 65536",
    "16, 32",
    "17, 16",
    "18, 8"
  })
  void noReadAfterAnAcknowledgedInvalidationIsOlderThanItForLong(long seed, int barriers)
      throws InterruptedException {
    check(seed, barriers, 3_000_000);
  }

  private static void check(long seed, int barriers, long operations) throws InterruptedException {
    Upkeep upkeep = Upkeep.manual();
    try (Cache<String, Long> cache =
        TestCaches.stored(CacheBuilder.<Long>withTextKeys("stress"), new TestingLongPacking())
            .maxEntries(1_000)
            .maxBarriers(barriers)
            .maxKeyBarriers(Math.min(barriers, 128))
            .upkeep(upkeep)
            .build()) {
      InvalidationChecker.Findings findings =
          InvalidationChecker.check(
              List.of(new CacheNode(cache, upkeep)),
              new InvalidationChecker.Plan(seed, 6, operations));
      assertThat(findings.violation()).isEmpty();
      assertThat(findings.operations()).isEqualTo(operations);
      assertThat(findings.hits())
          .as("values were seen: %s", findings)
          .isGreaterThan(operations / 50);
      assertThat(findings.invalidations()).isGreaterThan(operations / 50);
    }
  }
}
