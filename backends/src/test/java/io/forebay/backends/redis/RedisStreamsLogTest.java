package io.forebay.backends.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.cache.Cache;
import io.forebay.cache.CacheBuilder;
import io.forebay.cache.Draft;
import io.forebay.cache.Entry;
import io.forebay.cache.Invalidation;
import io.forebay.cache.InvalidationBatch;
import io.forebay.cache.InvalidationOrder;
import io.forebay.cache.InvalidationReceipt;
import io.forebay.cache.InvalidationRecord;
import io.forebay.cache.Invalidations;
import io.forebay.cache.Lifetime;
import io.forebay.cache.LogOutcome;
import io.forebay.cache.Position;
import io.forebay.cache.Precondition;
import io.forebay.cache.Receipts;
import io.forebay.cache.Scope;
import io.forebay.cache.TimeSource;
import io.forebay.cache.Upkeep;
import io.forebay.cache.testing.Opened;
import io.forebay.cache.testing.TestingRedis;
import io.lettuce.core.RedisClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Nodes in one process, each with a log of its own, and one real Redis.
class RedisStreamsLogTest {

  private static final Duration LONG = Duration.ofSeconds(20);
  private static final Duration LEASE = Duration.ofMillis(800);

  @AutoClose private final Opened opened = new Opened();
  @TempDir Path folder;

  /// One of the fleet.
  private static final class Node implements AutoCloseable {
    final RedisStreamsLog log;
    final Receipts receipts;
    final Invalidations invalidations;
    final Cache<String, String> cache;
    final List<InvalidationRecord> heard = new CopyOnWriteArrayList<>();

    Node(String name, RedisSettings redis, FleetSettings fleet) {
      try {
        log = RedisStreamsLog.open(redis, fleet, TimeSource.SYSTEM);
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
      receipts = new Receipts(name, TimeSource.SYSTEM, 100, Duration.ofHours(1));
      log.onProgress(receipts::heard);
      log.observe(heard::add);
      invalidations = new Invalidations(log, receipts);
      cache =
          CacheBuilder.<String>withTextKeys("shop")
              .maxEntries(1_000)
              .invalidationLog(log)
              .receipts(receipts)
              .upkeep(Upkeep.manual())
              .copiesLive(Duration.ofHours(1))
              .build();
    }

    Node joined() throws InterruptedException {
      assertThat(log.awaitTrust(LONG)).as(log.trouble()).isTrue();
      return this;
    }

    void put(String value, String... tags) {
      cache.put(
          "k",
          new Draft<>(value, Lifetime.of(Duration.ofHours(1)), List.of(tags), Map.of()),
          Precondition.NONE);
    }

    String read() {
      try (Entry<String, String> entry = cache.get("k")) {
        return entry == null ? "nothing" : entry.value();
      }
    }

    LogOutcome invalidate(String tag) {
      return log.append(
          new InvalidationBatch(Optional.of("of " + tag), "me", "test", List.of(order(tag))));
    }

    @Override
    public void close() {
      cache.close();
      log.close();
    }
  }

  private static InvalidationOrder order(String tag) {
    return new InvalidationOrder(
        Optional.of("shop"), new Scope.Tags(Set.of(tag)), Invalidation.Mode.HARD);
  }

  private static RedisSettings redisAt(TestingRedis server) {
    return RedisSettings.of(RedisServer.parse(server.url()).orElseThrow(), "test");
  }

  private Node node(String name, TestingRedis server) {
    return node(name, redisAt(server));
  }

  private Node node(String name, RedisSettings redis) {
    return opened.add(new Node(name, redis, FleetSettings.of(name).withLease(LEASE)));
  }

  private static List<Position> positions(Node node) {
    return node.heard.stream().map(InvalidationRecord::position).toList();
  }

  // ---- as long as nothing fails

  @Test
  void everyNodeHearsTheSameInTheSameOrderWithoutGaps() throws InterruptedException {
    TestingRedis server = opened.add(TestingRedis.inMemory());
    Node a = node("a", server).joined();
    Node b = node("b", server).joined();
    for (int i = 0; i < 50; i++) {
      assertThat((i % 2 == 0 ? a : b).invalidate("t" + i)).isInstanceOf(LogOutcome.Kept.class);
    }
    await().atMost(LONG).until(() -> a.heard.size() == 50 && b.heard.size() == 50);
    assertThat(positions(a)).isEqualTo(positions(b));
    Position first = positions(a).getFirst();
    for (int i = 0; i < 50; i++) {
      assertThat(positions(a).get(i)).isEqualTo(new Position(first.epoch(), first.n() + i));
    }
    assertThat(b.heard.get(3))
        .usingRecursiveComparison()
        .ignoringFields("time")
        .isEqualTo(
            new InvalidationRecord(
                positions(a).get(3), "of t3", a.heard.get(3).time(), "me", "test", order("t3")));
  }

  @Test
  void whatIsAcknowledgedEverywhereIsInForceEverywhere() throws InterruptedException {
    TestingRedis server = opened.add(TestingRedis.inMemory());
    Node a = node("a", server).joined();
    Node b = node("b", server).joined();
    for (int i = 0; i < 20; i++) {
      b.put("old", "t");
      LogOutcome outcome = a.invalidate("t");
      assertThat(a.log.awaitEverywhere(outcome.last(), LONG)).isTrue();
      assertThat(b.read()).isEqualTo("nothing");
    }
  }

  @Test
  void aReceiptNamesEveryNodeThatHasIt() throws InterruptedException {
    TestingRedis server = opened.add(TestingRedis.inMemory());
    Node a = node("a", server).joined();
    node("b", server).joined();
    a.invalidations.submit("r1", "me", "", List.of(order("t")));
    InvalidationReceipt receipt =
        a.invalidations.await("r1", InvalidationReceipt.Stage.IN_FORCE, LONG).orElseThrow();
    assertThat(receipt.stage()).isNotEqualTo(InvalidationReceipt.Stage.ACCEPTED);
    assertThat(receipt.isAcknowledged()).isTrue();
    assertThat(receipt.nodes())
        .filteredOn(node -> node.gone().isEmpty())
        .extracting(InvalidationReceipt.NodeProgress::node)
        .containsExactlyInAnyOrder("a", "b");
    assertThat(receipt.nodes())
        .filteredOn(node -> node.node().equals("b"))
        .allSatisfy(node -> assertThat(node.inForce()).isPresent());
  }

  @Test
  void aNodeThatJoinsLaterKnowsWhatWasInvalidatedBefore() throws InterruptedException {
    TestingRedis server = opened.add(TestingRedis.inMemory());
    Node a = node("a", server).joined();
    Position before = a.log.last();
    a.invalidate("t");
    Node b = node("b", server).joined();
    assertThat(b.cache.newestInvalidation("k", List.of("t")).orElseThrow().position())
        .isEqualTo(a.log.last())
        .isGreaterThan(before);
  }

  private static void awaitLength(TestingRedis server, int below) {
    try (RedisClient client = RedisClient.create(server.url())) {
      await().atMost(LONG).until(() -> client.connect().sync().xlen("{test:log}:stream") < below);
    }
  }

  @Test
  void itKnowsSoAlsoWhenTheRecordsAreGone() throws InterruptedException {
    TestingRedis server = opened.add(TestingRedis.inMemory());
    FleetSettings few = FleetSettings.of("a").withLease(LEASE).withKeptRecords(20);
    Node a = opened.add(new Node("a", redisAt(server), few)).joined();
    Position at = a.invalidate("t").last();
    for (int i = 0; i < 100; i++) {
      a.invalidate("other" + i);
    }
    awaitLength(server, 100);
    Node b = node("b", server).joined();
    assertThat(b.cache.newestInvalidation("k", List.of("t")).orElseThrow().position())
        .isEqualTo(at);
    assertThat(b.log.figures().gaps()).isZero();
  }

  @Test
  void recordsGoWhenTheyAreOldAndWhatTheyInvalidatedIsKnownAllTheSame()
      throws InterruptedException {
    TestingRedis server = opened.add(TestingRedis.inMemory());
    FleetSettings shortly =
        FleetSettings.of("a").withLease(LEASE).withKeptFor(Duration.ofMillis(300));
    Node a = opened.add(new Node("a", redisAt(server), shortly)).joined();
    Node there = opened.add(new Node("there", redisAt(server), shortly)).joined();
    there.put("old", "u");
    Position at = a.invalidate("t").last();
    awaitLength(server, 1);
    Node b = node("b", server).joined();
    assertThat(b.cache.newestInvalidation("k", List.of("t")).orElseThrow().position())
        .isEqualTo(at);
    assertThat(there.read()).isEqualTo("old");
    a.invalidate("u");
    await().atMost(LONG).untilAsserted(() -> assertThat(there.read()).isEqualTo("nothing"));
    assertThat(there.log.figures().gaps()).isZero();
    assertThat(b.log.figures().gaps()).isZero();
  }

  // ---- a node that is slow or gone

  @Test
  void aNodeThatHangsIsWaitedForUntilItsLeaseHasEndedAndIsSuspectByThen() throws Exception {
    TestingRedis server = opened.add(TestingRedis.inMemory());
    Node a = node("a", server).joined();
    Node b = node("b", server).joined();
    CountDownLatch hangs = new CountDownLatch(1);
    CountDownLatch goesOn = new CountDownLatch(1);
    b.log.observe(_ -> {
      hangs.countDown();
      try {
        goesOn.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
    b.put("old", "t");
    Position at = a.invalidate("t").last();
    hangs.await();
    assertThat(a.log.awaitEverywhere(at, LEASE.dividedBy(4))).as("b may serve still").isFalse();
    assertThat(a.log.awaitEverywhere(at, LONG)).isTrue();
    assertThat(b.log.isSuspect()).isTrue();
    assertThat(a.log.peers()).filteredOn(peer -> peer.name().equals("b")).allMatch(p -> p.isGone());
    goesOn.countDown();
    b.joined();
    assertThat(b.read()).isEqualTo("nothing");
    await()
        .atMost(LONG)
        .until(() -> a.log.peers().stream().noneMatch(p -> p.name().equals("b") && p.isGone()));
  }

  @Test
  void aNodeThatLeavesIsNotWaitedFor() throws InterruptedException {
    TestingRedis server = opened.add(TestingRedis.inMemory());
    Node a = node("a", server).joined();
    Node b = node("b", server).joined();
    await().atMost(LONG).until(() -> a.log.peers().stream().anyMatch(p -> p.name().equals("b")));
    b.close();
    await().atMost(LONG).until(() -> a.log.peers().stream().noneMatch(p -> p.name().equals("b")));
    assertThat(a.log.awaitEverywhere(a.invalidate("t").last(), LONG)).isTrue();
  }

  // ---- Redis fails

  @Test
  void withoutRedisAnInvalidationIsInForceHereAndEnteredWhenItIsBack() throws InterruptedException {
    TestingRedis server = opened.add(TestingRedis.durable());
    Node a = node("a", redisAt(server).withSurvivesRestarts(true)).joined();
    Node b = node("b", redisAt(server).withSurvivesRestarts(true)).joined();
    a.put("old", "t");
    b.put("old", "t");
    server.kill();
    a.invalidations.submit("r1", "me", "", List.of(order("t")));
    InvalidationReceipt pending = a.invalidations.receipt("r1").orElseThrow();
    assertThat(pending.isAcknowledged()).isFalse();
    assertThat(pending.notKept()).isPresent();
    assertThat(pending.queued()).as("there is no file").isFalse();
    assertThat(a.read()).isEqualTo("nothing");
    assertThat(a.log.figures().queued()).isEqualTo(1);
    await().atMost(LONG).until(() -> a.log.isSuspect() && b.log.isSuspect());
    server.start();
    a.joined();
    b.joined();
    await().atMost(LONG).untilAsserted(() -> assertThat(b.read()).isEqualTo("nothing"));
    InvalidationReceipt done =
        a.invalidations.await("r1", InvalidationReceipt.Stage.IN_FORCE, LONG).orElseThrow();
    assertThat(done.isAcknowledged()).isTrue();
    assertThat(a.log.figures().queued()).isZero();
    assertThat(a.log.last().epoch()).isEqualTo(b.log.last().epoch());
    assertThat(a.log.figures().epochs()).as("nothing was lost").isEqualTo(1);
  }

  /// What it invalidates has no position yet, so copies that others put into the tier meanwhile
  /// look newer than they are.
  @Test
  void aNodeTrustsNothingFromItsFirstInvalidationWithoutRedisUntilThatHasEntered()
      throws InterruptedException {
    TestingRedis server = opened.add(TestingRedis.durable());
    FleetSettings settings =
        FleetSettings.of("a").withLease(Duration.ofMinutes(5)).withMaxQueued(2);
    Node a = opened.add(new Node("a", redisAt(server).withSurvivesRestarts(true), settings));
    a.joined();
    server.kill();
    await().atMost(LONG).until(() -> !a.log.trouble().isEmpty());
    assertThat(a.log.isSuspect()).isFalse();
    InvalidationOrder key =
        new InvalidationOrder(
            Optional.of("shop"), new Scope.Keys(Set.of("k")), Invalidation.Mode.HARD);
    a.invalidations.submit("of k", "me", "", List.of(key));
    assertThat(a.log.isSuspect()).as("it goes by no position").isFalse();
    LogOutcome waits = a.invalidate("t");
    assertThat(a.log.figures().queued()).isEqualTo(2);
    assertThat(a.log.isSuspect()).isTrue();
    assertThat(((LogOutcome.NotKept) a.invalidate("u")).reason()).contains("too many wait");
    assertThat(a.log.isSuspect()).isTrue();
    server.start();
    a.joined();
    assertThat(a.heard).extracting(InvalidationRecord::id).containsExactly("of k", "of t");
    assertThat(a.log.last()).isGreaterThanOrEqualTo(waits.last());
  }

  @Test
  void whatWasQueuedOutlivesTheProcess() throws InterruptedException {
    TestingRedis server = opened.add(TestingRedis.durable());
    RedisSettings redis = redisAt(server).withSurvivesRestarts(true);
    FleetSettings queueing =
        FleetSettings.of("a").withLease(LEASE).withQueueFile(folder.resolve("queue/pending"));
    Node a = new Node("a", redis, queueing).joined();
    Node b = node("b", redis).joined();
    server.kill();
    await().atMost(LONG).until(() -> !a.log.trouble().isEmpty());
    a.invalidations.submit("r1", "me", "", List.of(order("t")));
    InvalidationReceipt pending = a.invalidations.receipt("r1").orElseThrow();
    assertThat(pending.queued()).isTrue();
    assertThat(pending.stage()).isEqualTo(InvalidationReceipt.Stage.ACCEPTED);
    assertThat(a.invalidate("t")).isInstanceOf(LogOutcome.Queued.class);
    a.close();
    server.start();
    b.joined();
    Node again = opened.add(new Node("a", redis, queueing)).joined();
    await()
        .atMost(LONG)
        .until(() -> b.heard.stream().anyMatch(record -> record.id().equals("of t")));
    assertThat(b.heard).extracting(InvalidationRecord::id).containsExactly("r1", "of t");
    assertThat(again.log.figures().queued()).isZero();
  }

  @Test
  void aRestartWithoutDataBeginsAnEpochInWhichNothingFromBeforeIsTrusted()
      throws InterruptedException {
    TestingRedis server = opened.add(TestingRedis.inMemory());
    Node a = node("a", redisAt(server).withSurvivesRestarts(true)).joined();
    Node b = node("b", redisAt(server).withSurvivesRestarts(true)).joined();
    a.invalidate("x");
    Position before = a.log.last();
    a.put("old");
    b.put("old");
    server.kill();
    server.start();
    await().atMost(LONG).until(() -> a.log.last().epoch() > before.epoch());
    await().atMost(LONG).until(() -> b.log.last().epoch() == a.log.last().epoch());
    assertThat(a.read()).isEqualTo("nothing");
    assertThat(b.read()).isEqualTo("nothing");
    a.joined().put("new");
    assertThat(a.read()).isEqualTo("new");
    assertThat(a.invalidate("t")).isInstanceOf(LogOutcome.Kept.class);
  }

  @Test
  void anyRestartDoesUnlessTheOperatorVouchesForRedis() throws InterruptedException {
    TestingRedis server = opened.add(TestingRedis.durable());
    Node a = node("a", server).joined();
    Position before = a.log.last();
    server.kill();
    server.start();
    await().atMost(LONG).until(() -> a.log.last().epoch() > before.epoch());
  }

  @Test
  void anOlderSnapshotIsNoticedThoughTheOperatorVouches() throws InterruptedException {
    TestingRedis server = opened.add(TestingRedis.durable());
    RedisSettings redis = redisAt(server).withSurvivesRestarts(true);
    Node a = node("a", redis).joined();
    a.invalidate("x");
    Path snapshot = server.snapshot();
    a.invalidate("y");
    Position before = a.log.last();
    server.kill();
    server.restore(snapshot);
    server.start();
    await().atMost(LONG).until(() -> a.log.last().epoch() > before.epoch());
    a.joined();
  }

  @Test
  void anOlderSnapshotIsNoticedAlsoWhenAnotherNodeHasGoneOnWithIt() throws Exception {
    TestingRedis server = opened.add(TestingRedis.durable());
    RedisSettings redis = redisAt(server).withSurvivesRestarts(true);
    Node a = node("a", redis).joined();
    Path snapshot = server.snapshot();
    a.invalidate("y");
    Position before = a.log.last();
    CountDownLatch goesOn = new CountDownLatch(1);
    CountDownLatch hangs = new CountDownLatch(1);
    a.log.onProgress(_ -> {
      hangs.countDown();
      try {
        goesOn.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
    hangs.await(); // a looks away
    server.kill();
    server.restore(snapshot);
    server.start();
    Node fresh = node("fresh", redis).joined();
    fresh.invalidate("other");
    assertThat(fresh.log.last()).isEqualTo(before);
    goesOn.countDown();
    await().atMost(LONG).until(() -> a.log.last().epoch() > before.epoch());
    await().atMost(LONG).until(() -> fresh.log.last().epoch() > before.epoch());
  }

  @Test
  void nobodyIsPromisedAnythingByAnEpochBeforeOldLeasesHaveEnded() throws InterruptedException {
    TestingRedis server = opened.add(TestingRedis.inMemory());
    Node a = node("a", server);
    await().atMost(LONG).until(() -> a.log.last().n() >= 1);
    Position at = a.invalidate("t").last();
    assertThat(a.log.peers()).anyMatch(peer -> !peer.isSafeAt(at));
    assertThat(a.log.awaitEverywhere(at, LONG)).isTrue();
  }
}
