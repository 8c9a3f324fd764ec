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
  void whatWasRaisedIsHeededByEveryLaterJudgement() {
    Lincheck.runConcurrentTest(150, BarriersLincheckTest::judgeWhileBarriersRise);
  }

  @Tag("long")
  @Test
  void whatWasRaisedIsHeededByEveryLaterJudgementForLong() {
    Lincheck.runConcurrentTest(50_000, BarriersLincheckTest::judgeWhileBarriersRise);
  }

  /// Three raise and there is room for two, so that the floor rises.
  private static void judgeWhileBarriersRise() {
    Barriers barriers = new Barriers(2, 2, Object::toString);
    AtomicBoolean acknowledged = new AtomicBoolean();
    AtomicLong checkedGeneration = new AtomicLong(UNCHECKED);
    barriers.raise(new Scope.Tags(Set.of("red")), new Position(1, 2), Invalidation.Mode.HARD);
    Thread invalidator =
        new Thread(() -> {
          barriers.raise(
              new Scope.Tags(Set.of("blue")), new Position(1, 3), Invalidation.Mode.HARD);
          acknowledged.set(true);
          barriers.raise(
              new Scope.Tags(Set.of("green")), new Position(1, 4), Invalidation.Mode.SOFT);
          barriers.raise(
              new Scope.Tags(Set.of("grey")), new Position(1, 5), Invalidation.Mode.HARD);
        });
    Thread reader = new Thread(() -> readTwice(barriers, acknowledged, checkedGeneration));
    invalidator.start();
    reader.start();
    LincheckThreads.join(List.of(invalidator, reader));
    check(
        barriers.judge(LOADED, "key", List.of("red")) == Barriers.Verdict.INVALIDATED,
        "red forgotten");
    check(checkedGeneration.get() != barriers.generation(), "a later read would not look again");
  }

  private static void readTwice(
      Barriers barriers, AtomicBoolean acknowledged, AtomicLong checkedGeneration) {
    for (int read = 0; read < 2; read++) {
      boolean mustMiss = acknowledged.get();
      check(
          barriers.judge(LOADED, "key", List.of("red")) == Barriers.Verdict.INVALIDATED,
          "red forgotten");
      check(!(isServed(barriers, checkedGeneration) && mustMiss), "served after the invalidation");
    }
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
