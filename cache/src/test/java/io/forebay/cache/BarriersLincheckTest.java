package io.forebay.cache;

import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jetbrains.lincheck.Lincheck;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Judgements beside invalidations, in every order of steps that Lincheck has time for: after
/// [Barriers#raise] has returned, everything that it covers is judged so, also if the bound forces
/// barriers out meanwhile; and what was found valid before is not taken for checked any more.
class BarriersLincheckTest {

  private static final Position LOADED = new Position(1, 1);
  private static final long UNCHECKED = 0;

  @Test
  void whatWasFoundValidIsLookedAtAgainAfterAnInvalidation() {
    Lincheck.runConcurrentTest(300, BarriersLincheckTest::readWhileATagIsInvalidated);
  }

  @Tag("long")
  @Test
  void whatWasFoundValidIsLookedAtAgainAfterAnInvalidationForLong() {
    Lincheck.runConcurrentTest(10_000, BarriersLincheckTest::readWhileATagIsInvalidated);
  }

  @Test
  void whatTheFloorReplacesStaysInForce() {
    Lincheck.runConcurrentTest(200, BarriersLincheckTest::judgeWhileTheFloorRises);
  }

  @Tag("long")
  @Test
  void whatTheFloorReplacesStaysInForceForLong() {
    Lincheck.runConcurrentTest(10_000, BarriersLincheckTest::judgeWhileTheFloorRises);
  }

  private static void readWhileATagIsInvalidated() {
    Barriers barriers = new Barriers(8, 2, Object::toString);
    AtomicBoolean acknowledged = new AtomicBoolean();
    AtomicLong checkedGeneration = new AtomicLong(UNCHECKED);
    Thread invalidator =
        new Thread(() -> {
          barriers.raise(
              new Scope.Tags(Set.of("blue")), new Position(1, 3), Invalidation.Mode.HARD);
          acknowledged.set(true);
        });
    invalidator.start();
    for (int read = 0; read < 2; read++) {
      boolean mustMiss = acknowledged.get();
      check(!(isServed(barriers, checkedGeneration) && mustMiss), "served after the invalidation");
    }
    LincheckThreads.join(List.of(invalidator));
    check(!isServed(barriers, checkedGeneration), "served at the end");
  }

  /// There is room for one.
  private static void judgeWhileTheFloorRises() {
    Barriers barriers = new Barriers(1, 2, Object::toString);
    barriers.raise(new Scope.Tags(Set.of("red")), new Position(1, 2), Invalidation.Mode.HARD);
    Thread invalidator =
        new Thread(() ->
            barriers.raise(
                new Scope.Tags(Set.of("grey")), new Position(1, 3), Invalidation.Mode.HARD));
    invalidator.start();
    check(
        barriers.judge(LOADED, "key", List.of("red")) == Barriers.Verdict.INVALIDATED,
        "red forgotten");
    LincheckThreads.join(List.of(invalidator));
    check(
        barriers.judge(LOADED, "key", List.of("red")) == Barriers.Verdict.INVALIDATED,
        "red forgotten");
  }

  /// The rule by which the cache spares the judgement.
  private static boolean isServed(Barriers barriers, AtomicLong checkedGeneration) {
    long generation = barriers.generation();
    if (checkedGeneration.get() == generation) {
      return true;
    }
    if (barriers.judge(LOADED, "key", List.of("blue")) == Barriers.Verdict.INVALIDATED) {
      return false;
    }
    checkedGeneration.set(generation);
    return true;
  }

  private static void check(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }
}
