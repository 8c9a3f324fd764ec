package io.forebay.backends.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.cache.testing.InvalidationChecker;
import io.forebay.cache.testing.InvalidationChecker.Mix;
import io.forebay.cache.testing.InvalidationChecker.Plan;
import io.forebay.cache.testing.Opened;
import io.forebay.cache.testing.TestingRedis;
import io.forebay.cache.tier.TierKey;
import java.io.IOException;
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
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Three nodes over a real Redis Cluster, or a master with a replica and a Sentinel: a master is
/// lost, another server takes its place, and no read is stale.
class FailoverTest {

  private static final int ENOUGH_ACTS = 3;
  private static final int MOST_RUNS = 100;
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final byte[] LOG = "{test:log}:stream".getBytes(UTF_8);

  @AutoClose private final Opened opened = new Opened();

  private List<TestingFleetNode> nodes(RedisServer server) throws IOException {
    RedisSettings redis = RedisSettings.of(server, "test").withDeadline(Duration.ofMillis(200));
    List<TestingFleetNode> nodes = new ArrayList<>();
    for (String name : List.of("a", "b", "c")) {
      nodes.add(
          opened.add(
              new TestingFleetNode(
                  redis, FleetSettings.of(name).withLease(Duration.ofMillis(800)))));
    }
    return nodes;
  }

  private static InvalidationChecker checker(List<TestingFleetNode> nodes) {
    return new InvalidationChecker(nodes.stream().map(node -> node.node).toList());
  }

  private static void awaitUse(List<TestingFleetNode> nodes) {
    for (TestingFleetNode node : nodes) {
      await()
          .atMost(LONG)
          .untilAsserted(() -> {
            assertThat(node.log.isSuspect()).as(node.log.trouble()).isFalse();
            assertThat(node.tier.awaitConnection(Duration.ZERO)).isEmpty();
          });
    }
  }

  private static void holds(InvalidationChecker.Findings findings) {
    System.out.println(findings);
    assertThat(findings.violation()).isEmpty();
    assertThat(findings.hits()).isGreaterThan(50);
    assertThat(findings.invalidations()).isGreaterThan(10);
  }

  private static void loses(
      List<TestingFleetNode> nodes, TestingRedis master, Runnable otherIsThere) throws Exception {
    InvalidationChecker checker = checker(nodes);
    awaitUse(nodes);
    holds(checker.run(Mix.EVERYTHING, new Plan(1, 6, 3_000)));
    long epoch = nodes.getFirst().log.last().epoch();
    Thread killer =
        Thread.ofPlatform()
            .start(() -> {
              LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(300));
              master.kill();
            });
    holds(checker.run(Mix.EVERYTHING, new Plan(2, 6, 3_000)));
    killer.join();
    otherIsThere.run();
    await()
        .atMost(LONG)
        .until(() -> nodes.stream().allMatch(node -> node.log.last().epoch() > epoch));
    awaitUse(nodes);
    holds(checker.run(Mix.EVERYTHING, new Plan(3, 6, 3_000)));
  }

  @Test
  void noReadIsStaleWhenTheLogsMasterInAClusterIsKilled() throws Exception {
    TestingCluster cluster = opened.add(new TestingCluster());
    TestingRedis master = cluster.masterOf(LOG).orElseThrow();
    loses(
        nodes(cluster.server()),
        master,
        () ->
            await()
                .atMost(LONG)
                .until(() -> cluster.masterOf(LOG).filter(now -> now != master).isPresent()));
  }

  @Test
  void norWhenSentinelPutsAReplicaInItsMastersPlace(@TempDir Path folder) throws Exception {
    TestingSentinel sentinel = opened.add(new TestingSentinel(folder));
    loses(nodes(sentinel.server()), sentinel.master, () -> {});
  }

  @Tag("long")
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void norWhileOneMasterOfAClusterAfterTheOtherIsKilledOrHangs(long seed) throws Exception {
    TestingCluster cluster = opened.add(new TestingCluster());
    List<TestingFleetNode> nodes = nodes(cluster.server());
    awaitUse(nodes);
    Unrest unrest = new Unrest(cluster, new SplittableRandom(seed));
    Thread trouble = Thread.ofPlatform().start(unrest);
    try {
      // A fast machine is done before much has happened.
      for (int run = 0; unrest.acts.get() < ENOUGH_ACTS; run++) {
        assertThat(run).as("runs, with %s acts", unrest.acts).isLessThan(MOST_RUNS);
        holds(checker(nodes).run(Mix.EVERYTHING, new Plan(10 * seed + run, 12, 400_000)));
      }
    } finally {
      unrest.over = true;
      trouble.join();
    }
  }

  private static final class Unrest implements Runnable {
    private final TestingCluster cluster;
    private final SplittableRandom random;
    private volatile boolean over;
    private final AtomicInteger acts = new AtomicInteger();

    Unrest(TestingCluster cluster, SplittableRandom random) {
      this.cluster = cluster;
      this.random = random;
    }

    @Override
    public void run() {
      while (!over) {
        rest(200, 2_000);
        TierKey some = new TierKey("numbers", "k" + random.nextInt(1_000));
        byte[] key = random.nextBoolean() ? LOG : new RedisNames("test").slot(some);
        TestingRedis master = cluster.masterOf(key).orElseThrow();
        switch (random.nextInt(3)) {
          case 0 -> {
            master.kill();
            rest(0, 2 * TestingCluster.NODE_TIMEOUT_MILLIS);
            master.start();
          }
          case 1 -> {
            master.hang();
            rest(100, TestingCluster.NODE_TIMEOUT_MILLIS);
            master.resume();
          }
          default -> {
            master.hang();
            rest(2 * TestingCluster.NODE_TIMEOUT_MILLIS, 3 * TestingCluster.NODE_TIMEOUT_MILLIS);
            master.resume();
          }
        }
        cluster.awaitReplicas();
        acts.incrementAndGet();
      }
    }

    private void rest(int least, int most) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(least, most)));
    }
  }
}
