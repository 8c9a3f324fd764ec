package io.forebay.cache.tier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.cache.Cache;
import io.forebay.cache.CacheBuilder;
import io.forebay.cache.Draft;
import io.forebay.cache.Entry;
import io.forebay.cache.InProcessInvalidationLog;
import io.forebay.cache.Invalidation;
import io.forebay.cache.InvalidationBatch;
import io.forebay.cache.InvalidationJournal;
import io.forebay.cache.InvalidationOrder;
import io.forebay.cache.InvalidationRecord;
import io.forebay.cache.Lifetime;
import io.forebay.cache.Position;
import io.forebay.cache.Precondition;
import io.forebay.cache.Scope;
import io.forebay.cache.TimeSource;
import io.forebay.cache.Upkeep;
import io.forebay.cache.VersionClock;
import io.forebay.cache.WriteOutcome;
import io.forebay.cache.testing.InvalidationChecker;
import io.forebay.cache.testing.TestingTier;
import io.forebay.cache.testing.TestingTimeSource;
import io.forebay.cache.testing.TieredNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("checker")
class TieredCacheTest {

  private static final Lifetime HOUR = Lifetime.of(Duration.ofHours(1));
  private static final TierFailure DOWN =
      new TierFailure(TierFailure.Kind.DISCONNECTED, "no connection");

  private final TestingTimeSource time = new TestingTimeSource();
  private final TestingTier tier = new TestingTier(time);
  private final VersionClock versions = new VersionClock(time);
  private final TierGuard log = new TierGuard(new InProcessInvalidationLog(7));
  private final Upkeep upkeep = Upkeep.manual();
  private final Cache<String, String> memory = memory("shop");
  private final TieredCache<String> cache = tiered(memory);

  /// Another cache of the same name's values in the tier: what another node would see of them.
  private Cache<String, String> memory(String name) {
    log.guard(name, tier);
    return CacheBuilder.<String>withTextKeys(name)
        .maxEntries(100)
        .timeSource(time)
        .invalidationLog(log)
        .versionClock(versions)
        .copiesLive(TieredCache.copiesLive(tier))
        .upkeep(upkeep)
        .build();
  }

  private TieredCache<String> tiered(Cache<String, String> memory) {
    return new TieredCache<>(memory, tier, new TextCodec(), log, versions, time);
  }

  /// Text as UTF-8.
  private static final class TextCodec implements TierCodec<String> {
    @Override
    public Encoded encode(String value) {
      return new Encoded("text", value.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public Optional<String> decode(String type, byte[] bytes, Duration age) {
      return type.equals("text")
          ? Optional.of(new String(bytes, StandardCharsets.UTF_8))
          : Optional.empty();
    }
  }

  private String read() {
    try (Entry<String, String> entry = cache.get("k")) {
      if (entry == null) {
        return "nothing";
      }
      return entry.isFresh(time.nanoTime()) ? entry.value() : "stale " + entry.value();
    }
  }

  private static Draft<String> draft(String value, String... tags) {
    return new Draft<>(value, HOUR, List.of(tags), Map.of());
  }

  private WriteOutcome load(String value, String... tags) {
    return cache.complete(cache.beginLoad("k"), draft(value, tags));
  }

  private void invalidate(Scope scope) {
    log.append(
        InvalidationBatch.ofOurselves(
            new InvalidationOrder(Optional.of("shop"), scope, Invalidation.Mode.HARD), "test"));
  }

  private static Scope keys() {
    return new Scope.Keys(Set.of("k"));
  }

  private static Scope tag(String tag) {
    return new Scope.Tags(Set.of(tag));
  }

  /// As another node's write does: the tier changes, and this node has not heard of it.
  private void writeElsewhere(String value, String... tags) {
    TierValue bytes =
        new TierValue(
            "text",
            value.getBytes(StandardCharsets.UTF_8),
            List.of(tags),
            Map.of(),
            HOUR,
            log.last());
    assertThat(tier.write(new TierKey("shop", "k"), bytes, Precondition.NONE, 0))
        .isInstanceOf(TierWrite.Stored.class);
  }

  private void evict() {
    memory.remove("k", Precondition.NONE);
  }

  // ---- reading

  @Test
  void whatMemoryHasLostComesBackFromTheTier() {
    load("v", "t");
    evict();
    assertThat(read()).isEqualTo("v");
    tier.failWith(DOWN);
    assertThat(read()).as("copied into memory").isEqualTo("v");
    assertThat(cache.statistics().hits()).isEqualTo(1);
  }

  @Test
  void aCopyHasTheVersionAndTheLifetimeThatIsLeft() {
    WriteOutcome loaded = load("v");
    evict();
    time.advance(Duration.ofMinutes(45));
    try (Entry<String, String> entry = Objects.requireNonNull(cache.get("k"))) {
      assertThat(loaded).isEqualTo(new WriteOutcome.Stored(entry.version(), false));
      assertThat(entry.residentNanos(time.nanoTime())).isEqualTo(Duration.ofMinutes(45).toNanos());
    }
    time.advance(Duration.ofMinutes(14));
    assertThat(read()).isEqualTo("v");
    time.advance(Duration.ofMinutes(1));
    assertThat(read()).isEqualTo("nothing");
  }

  @Test
  void aValueThatMemoryHasNoRoomForIsServedFromTheTier() {
    load("v");
    memory.close();
    TieredCache<String> small =
        tiered(
            CacheBuilder.<String>withTextKeys("shop")
                .maxBytes(10, (key, value) -> 1_000)
                .timeSource(time)
                .invalidationLog(log)
                .upkeep(upkeep)
                .build());
    try (Entry<String, String> entry = Objects.requireNonNull(small.get("k"))) {
      assertThat(entry.value()).isEqualTo("v");
    }
  }

  @Test
  void aCopyReadBeforeItsKeyWasRemovedIsRefused() {
    load("old");
    evict();
    tier.afterNextRead(() -> invalidate(keys()));
    assertThat(read()).isEqualTo("nothing");
    assertThat(read()).isEqualTo("nothing");
  }

  @Test
  void aCopyReadBeforeAnotherNodesWriteIsReplacedByTheNewValue() {
    load("old");
    evict();
    tier.afterNextRead(() -> cache.put("k", draft("new"), Precondition.NONE));
    assertThat(read()).isEqualTo("new");
  }

  @Test
  void aTagInvalidationHidesWhatTheTierHolds() {
    load("old", "t");
    evict();
    invalidate(tag("t"));
    assertThat(tier.holds(new TierKey("shop", "k"))).isTrue();
    assertThat(read()).isEqualTo("nothing");
    assertThat(cache.statistics().distrusted()).isEqualTo(1);
    load("new", "t");
    evict();
    assertThat(read()).isEqualTo("new");
  }

  @Test
  void barriersStayAsLongAsTheTierCanHoldWhatTheyCover() {
    load("old", "t");
    evict();
    invalidate(tag("t"));
    for (int hour = 0; hour < 24; hour++) {
      upkeep.run();
      time.advance(Duration.ofMinutes(1));
    }
    assertThat(read()).isEqualTo("nothing");
    assertThat(memory.statistics().barriers()).isEqualTo(1);
    time.advance(TieredCache.copiesLive(tier));
    upkeep.run();
    assertThat(memory.statistics().barriers()).isZero();
  }

  @Test
  void aValueOfAnotherEpochIsAMiss() {
    TierValue foreign =
        new TierValue(
            "text",
            "v".getBytes(StandardCharsets.UTF_8),
            List.of(),
            Map.of(),
            HOUR,
            new Position(8, 1));
    tier.write(new TierKey("shop", "k"), foreign, Precondition.NONE, 0);
    assertThat(read()).isEqualTo("nothing");
  }

  @Test
  void whatThisVersionCannotReadIsSkippedAndCounted() {
    TierValue newer = new TierValue("text2", new byte[3], List.of(), Map.of(), HOUR, log.last());
    tier.write(new TierKey("shop", "k"), newer, Precondition.NONE, 0);
    assertThat(read()).isEqualTo("nothing");
    assertThat(cache.statistics().unreadable()).isEqualTo(1);
  }

  // ---- loading

  @Test
  void aFillThatBeganBeforeARemovalIsRefusedEverywhere() {
    TieredLoad load = cache.beginLoad("k");
    tier.beforeNextFill(() -> invalidate(keys()));
    assertThat(cache.complete(load, draft("old")))
        .isEqualTo(new WriteOutcome.Refused(WriteOutcome.Reason.OVERTAKEN));
    assertThat(read()).isEqualTo("nothing");
  }

  @Test
  void aFillThatATagInvalidationOvertookInTheTierIsHidden() {
    TieredLoad load = cache.beginLoad("k");
    tier.beforeNextFill(() -> invalidate(tag("t")));
    assertThat(cache.complete(load, draft("old", "t")))
        .isEqualTo(new WriteOutcome.Refused(WriteOutcome.Reason.INVALIDATED_SINCE));
    assertThat(read()).isEqualTo("nothing");
  }

  @Test
  void aLoadGoesOnWithoutTheTier() {
    tier.failWith(DOWN);
    assertThat(load("v")).isInstanceOf(WriteOutcome.Stored.class);
    assertThat(read()).isEqualTo("v");
  }

  /// Keeps what it is told to, when it is told to.
  private static final class SlowJournal implements InvalidationJournal {
    private final InvalidationJournal inside = InvalidationJournal.inMemory(7);
    private volatile Position durable = inside.durable();
    final CountDownLatch kept = new CountDownLatch(1);

    @Override
    public Recovered recovered() {
      return inside.recovered();
    }

    @Override
    public void enqueue(List<InvalidationRecord> batch) {
      inside.enqueue(batch);
    }

    @Override
    public Optional<String> await(Position position) {
      try {
        kept.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      durable = inside.durable();
      return Optional.empty();
    }

    @Override
    public Position durable() {
      return durable;
    }

    @Override
    public void compactWith(Supplier<Summary> summaries) {}
  }

  @Test
  void whatOutlivesTheProcessIsStoredAtAPositionThatDoes() throws InterruptedException {
    SlowJournal journal = new SlowJournal();
    InProcessInvalidationLog slow = new InProcessInvalidationLog(journal, time);
    tier.claim(Tier.Ability.COMPARE_AND_SET, Tier.Ability.DURABLE);
    try (Cache<String, String> other =
        CacheBuilder.<String>withTextKeys("shop")
            .maxEntries(100)
            .timeSource(time)
            .invalidationLog(slow)
            .upkeep(upkeep)
            .build()) {
      TieredCache<String> behind =
          new TieredCache<>(other, tier, new TextCodec(), slow, versions, time);
      Position before = slow.last();
      Thread invalidating =
          Thread.ofPlatform().start(() -> other.invalidate(tag("t"), Invalidation.Mode.HARD));
      await().until(() -> slow.last().n() == before.n() + 1);
      behind.complete(behind.beginLoad("k"), draft("v"));
      assertThat(stored("k").loadBegan()).isEqualTo(before);
      Thread writing =
          Thread.ofPlatform().start(() -> behind.put("w", draft("v", "t"), Precondition.NONE));
      await().until(() -> tier.holds(new TierKey("shop", "w")));
      journal.kept.countDown();
      invalidating.join();
      writing.join();
      assertThat(stored("w").loadBegan()).as("written again").isGreaterThan(before);
      other.remove("w", Precondition.NONE);
      assertThat(behind.get("w")).isNotNull();
    }
  }

  private TierValue stored(String key) {
    return ((TierRead.Found) tier.read(new TierKey("shop", key))).value();
  }

  // ---- writing

  @Test
  void aWriteIsInTheTierAndInMemory() {
    TieredWrite written = cache.put("k", draft("v"), Precondition.ABSENT);
    assertThat(written).isInstanceOf(TieredWrite.Stored.class);
    evict();
    assertThat(read()).isEqualTo("v");
    assertThat(cache.put("k", draft("w"), Precondition.ABSENT))
        .isInstanceOf(TieredWrite.PreconditionFailed.class);
  }

  @Test
  void aPreconditionLooksAtTheTierNotAtMemory() {
    load("old");
    writeElsewhere("new");
    assertThat(read()).as("the news has not come yet").isEqualTo("old");
    long versionHere;
    try (Entry<String, String> entry = Objects.requireNonNull(memory.get("k"))) {
      versionHere = entry.version();
    }
    assertThat(cache.put("k", draft("mine"), new Precondition.VersionIn(Set.of(versionHere))))
        .isInstanceOf(TieredWrite.PreconditionFailed.class);
  }

  @Test
  void newsOfAWriteDropsOlderCopiesAndKeepsTheSame() {
    load("old");
    writeElsewhere("new");
    long version =
        switch (tier.read(new TierKey("shop", "k"))) {
          case TierRead.Found found -> found.version();
          case TierRead.Absent _, TierRead.Unavailable _ -> throw new AssertionError();
        };
    InvalidationBatch news =
        InvalidationBatch.ofOurselves(InvalidationOrder.written("shop", "k", version), "");
    log.append(news);
    assertThat(read()).isEqualTo("new");
    log.append(news);
    tier.failWith(DOWN);
    assertThat(read()).as("its copy has that version").isEqualTo("new");
  }

  @Test
  void aWriteThatTheTierFailsIsReportedAndNothingIsKept() {
    load("old");
    tier.failWith(DOWN);
    assertThat(cache.put("k", draft("v"), Precondition.NONE))
        .isEqualTo(new TieredWrite.Unavailable(DOWN));
    assertThat(read()).isEqualTo("nothing");
  }

  @Test
  void aRemovalTakesTheTiersValueToo() {
    load("v");
    assertThat(cache.remove("k", Precondition.NONE)).isInstanceOf(TieredRemoval.Removed.class);
    assertThat(tier.holds(new TierKey("shop", "k"))).isFalse();
    assertThat(read()).isEqualTo("nothing");
    assertThat(cache.remove("k", Precondition.NONE)).isEqualTo(new TieredRemoval.Absent());
  }

  // ---- invalidating what the tier holds

  @Test
  void anInvalidationOfKeysRemovesThemFromTheTier() {
    load("v");
    invalidate(keys());
    assertThat(tier.holds(new TierKey("shop", "k"))).isFalse();
    assertThat(read()).isEqualTo("nothing");
  }

  @Test
  void whatTheTierCouldNotBeToldIsNeverTrustedAgain() {
    load("old");
    tier.failWith(DOWN);
    invalidate(keys());
    tier.failWith(null);
    assertThat(tier.holds(new TierKey("shop", "k"))).isTrue();
    assertThat(read()).isEqualTo("nothing");
    load("new");
    evict();
    assertThat(read()).isEqualTo("new");
  }

  /// Another node, or this one before it had the cache, knows of no tier to remove keys from.
  @ParameterizedTest
  @EnumSource(Invalidation.Mode.class)
  void keysOfEveryCacheHideWhatTheTierHoldsOfCachesThatWhoeverDidItHasNot(Invalidation.Mode mode) {
    cache.put("k", draft("old"), Precondition.NONE);
    cache.put("other", draft("stays"), Precondition.NONE);
    log.forget("shop");
    log.append(
        InvalidationBatch.ofOurselves(
            new InvalidationOrder(Optional.empty(), keys(), mode), "test"));
    log.guard("shop", tier);
    assertThat(tier.holds(new TierKey("shop", "k"))).isTrue();
    memory.remove("other", Precondition.NONE);
    try (Entry<String, String> other = cache.get("other")) {
      assertThat(Objects.requireNonNull(other).value()).isEqualTo("stays");
    }
    assertThat(read()).isIn("nothing", "stale old");
    evict();
    assertThat(read()).as("from the tier").isEqualTo("nothing");
    cache.put("k", draft("new"), Precondition.NONE);
    assertThat(read()).isEqualTo("new");
    evict();
    assertThat(read()).as("from the tier").isEqualTo("new");
  }

  // ---- all at once

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void noReadAfterAnAcknowledgementIsOlderThanIt(long seed) throws InterruptedException {
    TierGuard shared = new TierGuard(new InProcessInvalidationLog(1));
    TestingTier behind = new TestingTier(TimeSource.SYSTEM);
    VersionClock clock = new VersionClock(TimeSource.SYSTEM);
    shared.guard("numbers", behind);
    Upkeep chores = Upkeep.manual();
    try (Cache<String, Long> numbers =
        CacheBuilder.<Long>withTextKeys("numbers")
            .maxEntries(12) // half of the keys, so that copies come and go
            .maxBarriers(64)
            .invalidationLog(shared)
            .versionClock(clock)
            .copiesLive(TieredCache.copiesLive(behind))
            .upkeep(chores)
            .build()) {
      TieredCache<Long> tiered =
          new TieredCache<>(numbers, behind, TieredNode.CODEC, shared, clock, TimeSource.SYSTEM);
      InvalidationChecker.Findings findings =
          InvalidationChecker.check(
              List.of(new TieredNode(tiered, shared, chores)),
              new InvalidationChecker.Plan(seed, 6, 200_000));
      assertThat(findings.violation()).isEmpty();
      assertThat(findings.hits()).isGreaterThan(4_000);
      assertThat(tiered.statistics().hits()).isGreaterThan(400);
    }
  }

  // ---- turns

  /// A tier in which another node has the lease until it is asked a second time.
  private static final class LeasedTier extends ForwardingTier {
    private final Duration left;
    private final Duration answerTakes;
    private final AtomicInteger asked = new AtomicInteger();

    LeasedTier(Tier tier, Duration left, Duration answerTakes) {
      super(tier);
      this.left = left;
      this.answerTakes = answerTakes;
    }

    @Override
    public FillStart beginFill(TierKey key, boolean exclusive) {
      if (asked.getAndIncrement() > 0) {
        return super.beginFill(key, exclusive);
      }
      try {
        Thread.sleep(answerTakes);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      return new FillStart.Elsewhere(left);
    }
  }

  private TieredCache.Turn turnAfter(Duration left, Duration answerTakes) {
    tier.claim(Tier.Ability.LEASES);
    var leased = new LeasedTier(tier, left, answerTakes);
    return new TieredCache<>(memory, leased, new TextCodec(), log, versions, time)
        .turn("k", Duration.ofMinutes(1))
        .orElseThrow();
  }

  @Test
  void anotherWhoseLeaseEndedWhileItsAnswerWasOnTheWayWasLost() {
    TieredCache.Turn turn = turnAfter(Duration.ofMillis(20), Duration.ofMillis(50));
    assertThat(turn.waited()).isTrue();
    assertThat(turn.otherWasLost()).isTrue();
  }

  @Test
  void anotherWhoEndedItsTurnBeforeItsLeaseWasNotLost() {
    TieredCache.Turn turn = turnAfter(Duration.ofMinutes(1), Duration.ZERO);
    assertThat(turn.waited()).isTrue();
    assertThat(turn.otherWasLost()).isFalse();
  }
}
