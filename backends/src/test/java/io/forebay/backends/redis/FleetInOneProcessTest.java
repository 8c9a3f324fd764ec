package io.forebay.backends.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.cache.testing.InvalidationChecker;
import io.forebay.cache.testing.Opened;
import io.forebay.cache.testing.TestingRedis;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// [InvalidationChecker] over three nodes of one process and one real Redis.
@Tag("checker")
class FleetInOneProcessTest {

  @AutoClose private final Opened opened = new Opened();

  private List<TestingFleetNode> nodes(TestingRedis server) throws Exception {
    opened.add(server);
    RedisSettings redis =
        RedisSettings.of(RedisServer.parse(server.url()).orElseThrow(), "test")
            .withDeadline(Duration.ofMillis(200));
    List<TestingFleetNode> nodes = new ArrayList<>();
    for (String name : List.of("a", "b", "c")) {
      TestingFleetNode node =
          new TestingFleetNode(
              redis, FleetSettings.of(name).withLease(Duration.ofMillis(500)).withKeptRecords(200));
      opened.add(node);
      nodes.add(node);
    }
    for (TestingFleetNode node : nodes) {
      assertThat(node.log.awaitTrust(Duration.ofSeconds(20))).isTrue();
    }
    return nodes;
  }

  private static InvalidationChecker.Findings check(
      List<TestingFleetNode> nodes, long seed, long operations) throws InterruptedException {
    return InvalidationChecker.check(
        nodes.stream().map(node -> node.node).toList(),
        new InvalidationChecker.Plan(seed, 6, operations));
  }

  @Test
  void noReadAfterAnAcknowledgementIsOlderThanIt() throws Exception {
    List<TestingFleetNode> nodes = nodes(TestingRedis.inMemory());
    InvalidationChecker.Findings findings = check(nodes, 1, 20_000);
    System.out.println(findings);
    assertThat(findings.violation()).isEmpty();
    assertThat(findings.hits()).isGreaterThan(400);
    assertThat(findings.invalidations()).isGreaterThan(400);
    assertThat(nodes.getFirst().node.cache().statistics().hits()).isGreaterThan(100);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void norWhileRedisIsKilledHungAndRestartedInEveryWay(long seed) throws Exception {
    unrest(seed, 20_000);
  }

  @Tag("long")
  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13, 14})
  void norForLong(long seed) throws Exception {
    unrest(seed, 1_000_000);
  }

  private void unrest(long seed, long operations) throws Exception {
    TestingRedis server = TestingRedis.durable();
    List<TestingFleetNode> nodes = nodes(server);
    Unrest unrest = new Unrest(server, new SplittableRandom(seed));
    Thread trouble = Thread.ofPlatform().start(unrest);
    try {
      InvalidationChecker.Findings findings = check(nodes, seed, operations);
      System.out.println(findings + " " + nodes.getFirst().log.figures());
      assertThat(findings.violation()).isEmpty();
      assertThat(findings.hits()).isGreaterThan(50);
      assertThat(findings.invalidations()).isGreaterThan(10);
    } finally {
      unrest.over = true;
      trouble.join();
    }
    assertThat(unrest.acts.get()).as("it did happen").isPositive();
  }

  /// What can happen to a Redis, one after the other.
  private static final class Unrest implements Runnable {
    private final TestingRedis server;
    private final SplittableRandom random;
    private volatile boolean over;
    private final AtomicInteger acts = new AtomicInteger();

    Unrest(TestingRedis server, SplittableRandom random) {
      this.server = server;
      this.random = random;
    }

    @Override
    public void run() {
      Path snapshot = server.snapshot();
      while (!over) {
        rest(200, 1_500);
        switch (random.nextInt(5)) {
          case 0 -> {
            server.hang();
            rest(20, 1_200);
            server.resume();
          }
          case 1 -> {
            server.kill();
            server.start();
          }
          case 2 -> {
            server.kill();
            server.forget();
            rest(0, 800);
            server.start();
          }
          case 3 -> {
            server.kill();
            server.restore(snapshot);
            server.start();
          }
          default -> snapshot = server.snapshot();
        }
        acts.incrementAndGet();
      }
    }

    private void rest(int least, int most) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(least, most)));
    }
  }
}
