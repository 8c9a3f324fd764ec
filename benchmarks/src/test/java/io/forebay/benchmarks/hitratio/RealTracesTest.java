package io.forebay.benchmarks.hitratio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.forebay.benchmarks.hitratio.Contender.Bounds;
import io.forebay.cache.policy.HitObjective;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Against `hit-ratios.csv`, where the traces lie beside the checkout (`../shared/traces`).
class RealTracesTest {

  private static final Path TRACES = Path.of("../../shared/traces");

  @BeforeEach
  void tracesAreThere() {
    Assumptions.assumeTrue(
        Files.isDirectory(TRACES.resolve("requests")),
        () -> "skipped: no traces in " + TRACES.toAbsolutePath().normalize());
  }

  private static Trace trace(String name) throws IOException {
    return Trace.read(TRACES.resolve("requests").resolve(name + ".trace.gz"));
  }

  @ParameterizedTest
  @CsvSource({"lru, LRU", "fifo, FIFO", "sieve, SIEVE", "s3-fifo, S3-FIFO"})
  void aShortTraceGivesThePublishedRatios(String policy, String column) throws IOException {
    checkAgainstColumn(policy, column, List.of("web07", "cp-io", "lirs-cpp"));
  }

  @Tag("long")
  @ParameterizedTest
  @CsvSource({"lru, LRU", "fifo, FIFO", "sieve, SIEVE", "s3-fifo, S3-FIFO"})
  void everyTraceGivesThePublishedRatios(String policy, String column) throws IOException {
    checkAgainstColumn(policy, column, List.of());
  }

  private static void checkAgainstColumn(String policy, String column, List<String> only)
      throws IOException {
    List<String> lines = Files.readAllLines(TRACES.resolve("hit-ratios.csv"));
    int at = Arrays.asList(lines.getFirst().split(",", -1)).indexOf(column);
    Map<String, Trace> loaded = new HashMap<>();
    for (String line : lines.subList(1, lines.size())) {
      String[] fields = line.split(",", -1);
      if (!only.isEmpty() && !only.contains(fields[0])) {
        continue;
      }
      if (!loaded.containsKey(fields[0])) {
        loaded.clear();
        loaded.put(fields[0], trace(fields[0]));
      }
      Bounds bounds = new Bounds(false, Long.parseLong(fields[1]));
      double hitRatio = new Contender(policy).replay(loaded.get(fields[0]), bounds, 1).hitRatio();
      assertThat(hitRatio)
          .as("%s of %s with %s entries", policy, fields[0], fields[1])
          .isCloseTo(Double.parseDouble(fields[at]), within(0.005));
    }
  }

  @Test
  void autoIsNotBelowLeastRecentlyUsedWhereThatIsOptimal() throws IOException {
    Trace corda = trace("corda");
    for (long entries : new long[] {90, 905, 9_047}) {
      double hitRatio =
          new Contender("auto").replay(corda, new Bounds(false, entries), 1).hitRatio();
      assertThat(hitRatio).isGreaterThan(0.3333 - 0.005);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "adapt-cdn-a, 1510940, 0.2669",
    "adapt-cdn-a, 15109407, 0.3408",
    "cp-io, 20297697, 0.18032",
    "cp-io, 202976972, 0.28671"
  })
  void autoHitsAtLeastAsManyObjectsAsGreedyDualSizeFrequency(
      String name, long bytes, double published) throws IOException {
    double hitRatio = new Contender("auto").hitRatio(trace(name), new Bounds(true, bytes));
    assertThat(hitRatio).isGreaterThanOrEqualTo(published);
  }

  /// The better of least recently used and GreedyDual-Size-Frequency is to be reached.
  @ParameterizedTest
  @CsvSource({
    "adapt-cdn-a, 1510940, 0.2328",
    "adapt-cdn-a, 15109407, 0.2927",
    "cp-io, 20297697, 0.02674",
    "cp-io, 202976972, 0.12071"
  })
  void autoHitsMoreBytesThanEitherRivalWhenBytesAreItsObjective(
      String name, long bytes, double published) throws IOException {
    Replay replay =
        new Contender("auto").replay(trace(name), new Bounds(true, bytes), HitObjective.BYTES, 1);
    assertThat(replay.byteHitRatio()).isGreaterThan(published);
  }

  @Tag("long")
  @Test
  void autoScoresAboveItsPromiseAndIsNowhereFarBelowLeastRecentlyUsed() throws IOException {
    double sum = 0;
    int scored = 0;
    Map<String, Trace> loaded = new HashMap<>();
    for (ReferenceCell cell : ReferenceCell.read(TRACES.resolve("hit-ratios.csv"))) {
      if (!loaded.containsKey(cell.trace())) {
        loaded.clear();
        loaded.put(cell.trace(), trace(cell.trace()));
      }
      Bounds bounds = new Bounds(false, cell.entries());
      double hitRatio = new Contender("auto").hitRatio(loaded.get(cell.trace()), bounds);
      assertThat(hitRatio).as("%s", cell).isGreaterThan(cell.lru() - 0.005);
      if (cell.isScored()) {
        sum += cell.score(hitRatio);
        scored++;
      }
    }
    assertThat(sum / scored).isGreaterThan(0.40);
  }
}
