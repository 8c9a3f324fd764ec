package io.forebay.backends.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.cache.testing.InvalidationChecker;
import io.forebay.cache.testing.TestingRedis;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Three processes and one Redis in a [FleetScript]: no read is stale; and with each protection
/// removed on purpose, one is.
class FleetMutantsTest {

  private static final Duration LEASE = Duration.ofMillis(700);

  private static InvalidationChecker.Findings play(String classPath, FleetScript... scripts)
      throws Exception {
    List<FleetMember> members = new ArrayList<>();
    try (TestingRedis redis = TestingRedis.durable()) {
      for (String name : List.of("a", "b", "c")) {
        FleetMember member = new FleetMember(name, redis.url(), LEASE, classPath, List.of());
        members.add(member);
        member.start();
      }
      FleetScript.Stage stage = new FleetScript.Stage(members, redis, 7);
      for (FleetScript script : scripts) {
        script.play(stage);
      }
      System.out.println(List.of(scripts) + ": " + stage.findings());
      return stage.findings();
    } finally {
      members.forEach(FleetMember::close);
    }
  }

  @Test
  void withAllOfThemNoReadIsStale() throws Exception {
    InvalidationChecker.Findings findings =
        play(
            System.getProperty("java.class.path"),
            FleetScript.WAKES_UP_ALONE,
            FleetScript.WAKES_UP_IN_ANOTHER_EPOCH,
            FleetScript.WHO_KNEW_IS_DEAD);
    assertThat(findings.violation()).isEmpty();
    assertThat(findings.hits()).isGreaterThan(500);
    assertThat(findings.invalidations()).isGreaterThan(100);
  }

  /// What is removed, and where that must show.
  enum Removed {
    LEASE(
        FleetScript.WAKES_UP_ALONE,
        "cache/src/main/java/io/forebay/cache/Lease.java",
        "return !endless && (!granted || untilNanos - nanoTime <= 0);",
        "return !endless && !granted;"),

    /// What was loaded in an earlier epoch is trusted in the next.
    EPOCH_IN_MEMORY(
        FleetScript.WAKES_UP_IN_ANOTHER_EPOCH,
        "backends/src/main/java/io/forebay/backends/redis/RedisStreamsLog.java",
        "audience.distrustBefore(floor);",
        ""),

    /// A restarted Redis is taken for the one that was known, as long as it knows as much.
    EPOCH_OF_THE_LOG(
        FleetScript.WHO_KNEW_IS_DEAD,
        "backends/src/main/resources/io/forebay/backends/redis/beat.lua",
        "if run ~= ARGV[6] and ARGV[7] ~= '1' then",
        "if false then"),

    /// The note that a key was changed, which outlives the loads that began before.
    TOMBSTONE(
        FleetScript.NOTHING_HAPPENS,
        "backends/src/main/resources/io/forebay/backends/redis/change.lua",
        "(fence and tonumber(fence) >= ticket)",
        "false");

    private final FleetScript script;
    private final String file;
    private final String from;
    private final String to;

    Removed(FleetScript script, String file, String from, String to) {
      this.script = script;
      this.file = file;
      this.from = from;
      this.to = to;
    }

    Mutant mutant() {
      return new Mutant(file, from, to);
    }
  }

  @Tag("long")
  @ParameterizedTest
  @EnumSource
  void withoutOneOfThemAReadIsStale(Removed removed, @TempDir Path folder) throws Exception {
    assertThat(play(removed.mutant().over(folder), removed.script).violation()).isPresent();
  }
}
