package io.forebay.cache;

import static io.forebay.cache.Invalidation.Mode.HARD;
import static io.forebay.cache.Invalidation.Mode.SOFT;
import static io.forebay.cache.InvalidationReceipt.Stage.ACCEPTED;
import static io.forebay.cache.InvalidationReceipt.Stage.IN_FORCE;
import static io.forebay.cache.InvalidationReceipt.Stage.SWEPT;
import static io.forebay.cache.TestCaches.HOUR;
import static io.forebay.cache.TestCaches.draft;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.cache.testing.TestingTimeSource;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReceiptsTest {

  private final TestingTimeSource time = new TestingTimeSource();
  private final Upkeep upkeep = Upkeep.manual();
  private final InProcessInvalidationLog log = new InProcessInvalidationLog(7);
  private final Receipts receipts = new Receipts("node-1", time, 5, Duration.ofMinutes(10));
  private final Invalidations invalidations = new Invalidations(log, receipts);
  private final Cache<String, String> one = cache("one");
  private final Cache<String, String> two = cache("two");

  private Cache<String, String> cache(String name) {
    return TestCaches.stored(CacheBuilder.<String>withTextKeys(name), Packing.ofText())
        .maxEntries(10_000)
        .invalidationLog(log)
        .receipts(receipts)
        .timeSource(time)
        .upkeep(upkeep)
        .build();
  }

  @Test
  void aReceiptGrowsFromInForceToSwept() {
    fill(one, 30, "red");
    fill(two, 3, "red");
    InvalidationReceipt receipt =
        invalidations.submit("r1", "alice", "a deploy", List.of(tags("one", HARD, "red")));
    assertThat(receipt.stage()).isEqualTo(IN_FORCE);
    assertThat(receipt.isAcknowledged()).isTrue();
    assertThat(receipt.who()).isEqualTo("alice");
    assertThat(receipt.why()).isEqualTo("a deploy");
    assertThat(receipt.operations()).isEqualTo(1);
    assertThat(receipt.orders()).containsExactly(tags("one", HARD, "red"));
    assertThat(receipt.first()).contains(new Position(7, 1));
    assertThat(receipt.nodes().getFirst().node()).isEqualTo("node-1");
    assertThat(receipt.nodes().getFirst().inForce()).contains(time.now());
    assertThat(erased("r1")).isZero();

    assertThat(one.get("k0")).isNull();
    assertThat(erased("r1")).as("a read found one").isEqualTo(1);

    time.advance(Duration.ofMillis(5));
    upkeep.run();
    InvalidationReceipt swept = invalidations.receipt("r1").orElseThrow();
    assertThat(swept.stage()).isEqualTo(SWEPT);
    assertThat(swept.nodes().getFirst().swept()).contains(time.now());
    assertThat(erased("r1")).isEqualTo(30);
    assertThat(two.statistics().entries()).isEqualTo(3);
  }

  @Test
  void softOnesCountWhatTheyMark() {
    fill(one, 10, "red");
    invalidations.submit("r1", "", "", List.of(tags("one", SOFT, "red")));
    one.get("k3");
    one.get("k3");
    upkeep.run();
    upkeep.run();
    InvalidationReceipt.NodeProgress progress = progress("r1");
    assertThat(progress.marked()).isEqualTo(10);
    assertThat(progress.erased()).isZero();
    assertThat(one.statistics().entries()).isEqualTo(10);
  }

  @Test
  void keysAreSweptWhenTheyAreInForce() {
    fill(one, 10);
    InvalidationReceipt receipt =
        invalidations.submit(
            "r1",
            "",
            "",
            List.of(
                new InvalidationOrder(
                    Optional.of("one"), new Scope.Keys(Set.of("k1", "k2", "absent")), HARD),
                new InvalidationOrder(Optional.of("one"), new Scope.Keys(Set.of("k3")), SOFT)));
    assertThat(receipt.stage()).isEqualTo(SWEPT);
    assertThat(receipt.nodes().getFirst().erased()).isEqualTo(2);
    assertThat(receipt.nodes().getFirst().marked()).isEqualTo(1);
    assertThat(receipt.first()).contains(new Position(7, 1));
    assertThat(receipt.last()).contains(new Position(7, 2));
  }

  @Test
  void aBatchThatEndsWithKeysIsSweptWithItsTags() {
    fill(one, 10, "red");
    invalidations.submit(
        "r1",
        "",
        "",
        List.of(
            tags("one", HARD, "red"),
            new InvalidationOrder(Optional.of("one"), new Scope.Keys(Set.of("k3")), HARD)));
    upkeep.run();
    assertThat(invalidations.receipt("r1").orElseThrow().stage()).isEqualTo(SWEPT);
    assertThat(erased("r1")).isEqualTo(10);
  }

  @Test
  void aListenerThatFailsKeepsNobodyElseFromHearing() {
    fill(two, 1, "red");
    log.observe(_ -> {
      throw new IllegalStateException("on purpose");
    });
    assertThatThrownBy(() -> invalidations.submit("r1", "", "", List.of(tags("two", HARD, "red"))))
        .hasMessage("on purpose");
    assertThat(two.get("k0")).isNull();
    assertThat(log.last()).as("the position is used up").isEqualTo(new Position(7, 1));
  }

  @Test
  void anOrderForEveryCacheIsSweptWhenAllHaveSwept() {
    fill(one, 4, "red");
    fill(two, 5, "red");
    Upkeep.Chores chores = (Upkeep.Chores) one;
    invalidations.submit(
        "r1",
        "",
        "",
        List.of(new InvalidationOrder(Optional.empty(), new Scope.Tags(Set.of("red")), HARD)));
    assertThat(one.get("k0")).isNull();
    assertThat(two.get("k0")).isNull();
    chores.maintain();
    assertThat(invalidations.receipt("r1").orElseThrow().stage()).isEqualTo(IN_FORCE);
    upkeep.run();
    assertThat(invalidations.receipt("r1").orElseThrow().stage()).isEqualTo(SWEPT);
    assertThat(erased("r1")).isEqualTo(9);
  }

  @Test
  void aCacheThatIsClosedHasNothingLeftToSweep() {
    invalidations.submit("r1", "", "", List.of(tags("one", HARD, "red")));
    one.close();
    assertThat(invalidations.receipt("r1").orElseThrow().stage()).isEqualTo(SWEPT);
  }

  @Test
  void anEntryIsCountedOnceUnderTheNewestThatCoversIt() {
    fill(one, 10, "red", "blue");
    invalidations.submit("red", "", "", List.of(tags("one", HARD, "red")));
    invalidations.submit("blue", "", "", List.of(tags("one", HARD, "blue")));
    upkeep.run();
    assertThat(erased("red")).isZero();
    assertThat(erased("blue")).isEqualTo(10);
  }

  @Test
  void aBatchIsInForceAsAWholeAndItsPositionsHaveNoGap() {
    fill(one, 10, "red");
    List<InvalidationOrder> orders =
        IntStream.range(0, 1_000).mapToObj(i -> tags("one", HARD, "t" + i)).toList();
    InvalidationReceipt receipt = invalidations.submit("r1", "", "", orders);
    assertThat(receipt.first()).contains(new Position(7, 1));
    assertThat(receipt.last()).contains(new Position(7, 1_000));
    assertThat(receipt.operations()).isEqualTo(1_000);
    assertThat(receipt.orders()).hasSize(100);
    assertThat(one.statistics().barriers()).isEqualTo(1_000);
  }

  @Test
  void onlyTheNewestReceiptsAreKeptAndNotForEver() {
    for (int i = 0; i < 8; i++) {
      invalidations.submit("r" + i, "", "", List.of(tags("one", HARD, "red")));
    }
    assertThat(invalidations.receipt("r2")).isEmpty();
    assertThat(invalidations.newest(Optional.empty(), 10))
        .extracting(InvalidationReceipt::id)
        .containsExactly("r7", "r6", "r5", "r4", "r3");
    assertThat(invalidations.newest(Optional.of("r6"), 2))
        .extracting(InvalidationReceipt::id)
        .containsExactly("r5", "r4");
    assertThat(invalidations.newest(Optional.of("r2"), 10)).as("forgotten").isEmpty();
    time.advance(Duration.ofMinutes(11));
    assertThat(invalidations.newest(Optional.empty(), 10)).isEmpty();
  }

  @Test
  void anIdIsUsedOnce() {
    invalidations.submit("r1", "", "", List.of(tags("one", HARD, "red")));
    Position before = log.last();
    assertThatThrownBy(() -> invalidations.submit("r1", "", "", List.of(tags("one", HARD, "blue"))))
        .isInstanceOf(IllegalStateException.class);
    assertThat(log.last()).isEqualTo(before);
  }

  @Test
  void waitingEndsWithTheStageOrTheTime() throws InterruptedException {
    invalidations.submit("r1", "", "", List.of(tags("one", HARD, "red")));
    assertThat(invalidations.await("r1", SWEPT, Duration.ofMillis(1)).orElseThrow().stage())
        .isEqualTo(IN_FORCE);
    assertThat(invalidations.await("r1", ACCEPTED, Duration.ofDays(1))).isPresent();
    Thread sweeper = Thread.ofVirtual().start(upkeep::run);
    assertThat(invalidations.await("r1", SWEPT, Duration.ofMinutes(1)).orElseThrow().stage())
        .isEqualTo(SWEPT);
    sweeper.join();
    assertThat(invalidations.await("unknown", SWEPT, Duration.ofDays(1))).isEmpty();
  }

  @Test
  void invalidationsThatForebayMakesItselfHaveNoReceipt() {
    one.invalidate(new Scope.Tags(Set.of("red")), HARD);
    assertThat(invalidations.newest(Optional.empty(), 10)).isEmpty();
  }

  // ---- preview

  @Test
  void aPreviewPagesThroughWhatWouldMatchAndChangesNothing() {
    fill(one, 25, "red");
    for (int i = 0; i < 5; i++) {
      one.put("other" + i, draft("v", HOUR, "blue"), Precondition.NONE);
    }
    one.invalidate(new Scope.Keys(Set.of("k0")), HARD);
    CacheStatistics before = one.statistics();
    Position last = log.last();

    Scope red = new Scope.Tags(Set.of("red"));
    Preview<String> first = one.preview(List.of(red), Optional.empty(), 20);
    assertThat(first.entries()).isEqualTo(24);
    assertThat(first.weightBytes()).isPositive().isLessThan(before.weightBytes());
    assertThat(first.page().entries()).hasSize(20);
    Preview<String> second = one.preview(List.of(red), first.page().next(), 20);
    assertThat(second.page().entries()).hasSize(4);
    assertThat(second.page().next()).isEmpty();
    assertThat(second.entries()).isEqualTo(24);

    assertThat(one.statistics()).isEqualTo(before);
    assertThat(log.last()).isEqualTo(last);
    assertThat(one.get("k1")).isNotNull();
  }

  @Test
  void aPreviewShowsExactlyWhatThenGoes() {
    List<Scope> scopes =
        List.of(
            new Scope.Keys(Set.of("k1", "absent")),
            new Scope.Tags(Set.of("red", "nobody")),
            new Scope.Prefixes(Set.of("k1")),
            new Scope.Patterns(Set.of(GlobPattern.parse("k?3").orElseThrow())),
            new Scope.Urls(Set.of("k1")),
            new Scope.Hosts(Set.of("k1")),
            new Scope.Everything());
    for (Scope scope : scopes) {
      fill(one, 30, "red");
      one.put("plain", draft("v", HOUR), Precondition.NONE);
      long covered = one.preview(List.of(scope), Optional.empty(), 1).entries();
      upkeep.run();
      long before = one.statistics().entries();
      one.invalidate(scope, HARD);
      upkeep.run();
      assertThat(before - one.statistics().entries()).as("%s", scope).isEqualTo(covered);
    }
  }

  @Test
  void aPreviewOfSeveralScopesCountsEachEntryOnce() {
    fill(one, 10, "red");
    one.put("other", draft("v", HOUR, "blue"), Precondition.NONE);
    List<Scope> scopes =
        List.of(
            new Scope.Tags(Set.of("red")),
            new Scope.Prefixes(Set.of("k")),
            new Scope.Keys(Set.of("k3", "other")));
    Preview<String> preview = one.preview(scopes, Optional.empty(), 100);
    assertThat(preview.entries()).isEqualTo(11);
    assertThat(preview.page().entries()).hasSize(11);
  }

  // ---- small things

  private static InvalidationOrder tags(String cache, Invalidation.Mode mode, String... tags) {
    return new InvalidationOrder(Optional.of(cache), new Scope.Tags(Set.of(tags)), mode);
  }

  private static void fill(Cache<String, String> cache, int entries, String... tags) {
    for (int i = 0; i < entries; i++) {
      cache.put("k" + i, draft("v", HOUR, tags), Precondition.NONE);
    }
  }

  private InvalidationReceipt.NodeProgress progress(String id) {
    return invalidations.receipt(id).orElseThrow().nodes().getFirst();
  }

  private long erased(String id) {
    return progress(id).erased();
  }
}
