package io.forebay.backends.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.cache.testing.InvalidationChecker;
import io.forebay.cache.testing.TestingRedis;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// [InvalidationChecker] over three real processes and one real Redis, each of which is stopped,
/// killed and restarted.
@Tag("checker")
class FleetOfProcessesTest {

  private static final Duration LEASE = Duration.ofMillis(700);
  private static final int READERS = 3;
  private static final int TIMES = 250;

  private final List<FleetMember> members = new ArrayList<>();
  private @Nullable TestingRedis redis;

  @AfterEach
  void close() {
    members.forEach(FleetMember::kill);
    if (redis != null) {
      redis.close();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = 1)
  void noReadAfterAnAcknowledgementIsOlderThanItWhateverIsKilledOrStopped(long seed)
      throws Exception {
    check(seed, 300_000, 0);
  }

  /// Four times thirteen million are more than fifty million operations. The property
  /// `forebay.checker.operations` says how many otherwise.
  @Tag("long")
  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13, 14})
  void norForLong(long seed) throws Exception {
    check(seed, Long.getLong("forebay.checker.operations", 13_000_000), 20);
  }

  private void check(long seed, long operations, int leastActs) throws Exception {
    TestingRedis server = TestingRedis.durable();
    redis = server;
    for (String name : List.of("a", "b", "c")) {
      members.add(new FleetMember(name, server.url(), LEASE));
    }
    for (FleetMember member : members) {
      member.start();
    }
    Unrest unrest = new Unrest(server, members, new SplittableRandom(seed));
    Thread trouble = Thread.ofPlatform().start(unrest);
    InvalidationChecker.Findings findings;
    try {
      InvalidationChecker checker = new InvalidationChecker(members);
      InvalidationChecker.Plan plan =
          new InvalidationChecker.Plan(seed, 24, operations).withReaders(READERS, TIMES);
      do { // a fast machine is through before enough has happened
        findings = checker.run(InvalidationChecker.Mix.EVERYTHING, plan);
      } while (findings.violation().isEmpty() && unrest.acts.get() <= leastActs);
    } finally {
      unrest.over = true;
      trouble.join();
    }
    System.out.println(findings + ", acts " + unrest.acts);
    assertThat(findings.violation()).isEmpty();
    assertThat(findings.hits()).isGreaterThan(50);
    assertThat(findings.invalidations()).isGreaterThan(10);
    assertThat(unrest.acts.get()).isGreaterThan(leastActs);
  }

  /// What can happen, one after the other.
  private static final class Unrest implements Runnable {
    private final TestingRedis server;
    private final List<FleetMember> members;
    private final SplittableRandom random;
    private volatile boolean over;
    private final AtomicInteger acts = new AtomicInteger();

    Unrest(TestingRedis server, List<FleetMember> members, SplittableRandom random) {
      this.server = server;
      this.members = members;
      this.random = random;
    }

    @Override
    public void run() {
      Path snapshot = server.snapshot();
      while (!over) {
        rest(300, 2_000);
        FleetMember member = members.get(random.nextInt(members.size()));
        switch (random.nextInt(8)) {
          case 0 -> member.stop(span(50, 500));
          case 1 -> member.stop(span(900, 2_500));
          case 2 -> {
            // The last that it hears of Redis is lost while it is stopped.
            Thread meanwhile =
                Thread.ofPlatform()
                    .start(() -> {
                      rest(1_000, 1_500);
                      server.kill();
                      server.forget();
                      server.start();
                    });
            member.stop(Duration.ofSeconds(2));
            join(meanwhile);
          }
          case 3 -> {
            member.kill();
            restart(member);
          }
          case 4 -> {
            server.hang();
            rest(20, 1_500);
            server.resume();
          }
          case 5 -> {
            server.kill();
            server.start();
          }
          case 6 -> {
            server.kill();
            server.restore(snapshot);
            server.start();
          }
          default -> snapshot = server.snapshot();
        }
        acts.incrementAndGet();
      }
    }

    private static void join(Thread thread) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private static void restart(FleetMember member) {
      try {
        member.start();
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }

    private Duration span(int leastMillis, int mostMillis) {
      return Duration.ofMillis(random.nextInt(leastMillis, mostMillis));
    }

    private void rest(int leastMillis, int mostMillis) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(leastMillis, mostMillis)));
    }
  }
}
