package io.forebay.benchmarks.hitratio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.forebay.cache.Cache;
import io.forebay.cache.CacheBuilder;
import io.forebay.cache.Draft;
import io.forebay.cache.Entry;
import io.forebay.cache.Lifetime;
import io.forebay.cache.TimeSource;
import io.forebay.cache.Upkeep;
import io.forebay.cache.WhatIfQuestions;
import io.forebay.cache.WhatIfReport;
import io.forebay.cache.policy.WhatIf.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a real cache foretells for other sizes and policies, and what caches of those sizes and
/// policies then reach, where the traces lie beside the checkout (`../shared/traces`).
class WhatIfOnRealTracesTest {

  private static final Path TRACES = Path.of("../../shared/traces/requests");

  /// Runs two milliseconds at each request. In a replay as fast as the machine can, requests for
  /// one key would follow each other within the millisecond in which the engine's policy hears of
  /// one of them only.
  private static final class StepClock implements TimeSource {
    private long nanos;

    void step() {
      nanos += 2_000_000;
    }

    @Override
    public long nanoTime() {
      return nanos;
    }

    @Override
    public Instant now() {
      return Instant.EPOCH.plusNanos(nanos);
    }
  }

  private static final Lifetime DAY = Lifetime.of(Duration.ofDays(1));

  @BeforeEach
  void tracesAreThere() {
    Assumptions.assumeTrue(
        Files.isDirectory(TRACES),
        () -> "skipped: no traces in " + TRACES.toAbsolutePath().normalize());
  }

  /// Not `auto` on `cp-io`, which there goes one of two ways by chance (decision 0005), so that no
  /// run foretells another.
  @ParameterizedTest
  @CsvSource({"web07, 1024, lru", "web07, 1024, auto"})
  void predictionsHoldToThePoint(String trace, long entries, String policy) throws IOException {
    check(trace, entries, policy);
  }

  @Tag("long")
  @ParameterizedTest
  @CsvSource({
    "corda, 4523, auto",
    "adapt-cdn-a, 2128, auto",
    "lirs-cpp, 122, s3-fifo",
    "p3, 40000, lru"
  })
  void predictionsHoldToThePointOnMoreTraces(String trace, long entries, String policy)
      throws IOException {
    check(trace, entries, policy);
  }

  private static void check(String name, long entries, String policy) throws IOException {
    Trace trace = Trace.read(TRACES.resolve(name + ".trace.gz"));
    Upkeep upkeep = Upkeep.manual();
    StepClock clock = new StepClock();
    WhatIfReport report;
    try (Cache<Integer, Integer> asked =
        new CacheBuilder<Integer, Integer>("asked")
            .maxEntries(entries)
            .evictionPolicy(policy)
            .upkeep(upkeep)
            .timeSource(clock)
            .whatIf(WhatIfQuestions.usual())
            .build()) {
      run(trace, asked, upkeep, clock);
      report = asked.whatIf().orElseThrow();
    }
    assertThat(report.droppedEvents()).isZero();
    for (Answer answer : report.answers()) {
      try (Cache<Integer, Integer> other =
          new CacheBuilder<Integer, Integer>("other")
              .maxEntries(answer.question().maxEntries())
              .evictionPolicy(answer.question().policy())
              .upkeep(upkeep)
              .timeSource(clock)
              .build()) {
        run(trace, other, upkeep, clock);
        double measured = other.statistics().hitRatio();
        assertThat(answer.hitRatio())
            .as("%s of %s", answer, name)
            .isCloseTo(measured, within(0.01));
      }
    }
  }

  private static void run(
      Trace trace, Cache<Integer, Integer> cache, Upkeep upkeep, StepClock clock) {
    int requests = 0;
    for (int id : trace.ids()) {
      clock.step();
      try (Entry<Integer, Integer> entry = cache.get(id)) {
        if (entry == null) {
          cache.complete(cache.beginLoad(id), Draft.of(id, DAY));
        }
      }
      if (++requests % 1_000 == 0) {
        upkeep.run();
      }
    }
  }
}
