package io.forebay.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimerWheelTest {

  /// How late an item may be: one bucket of the finest wheel.
  private static final long TICK = 1L << 20;

  /// As the system's clock may be: negative, and about to pass zero.
  private static final long ORIGIN = -5_000_000_000L;

  private final TimerWheel<Item> wheel = new TimerWheel<>(ORIGIN, item -> item.deadline);
  private final List<Item> due = new ArrayList<>();

  private static final class Item extends TimerLink {
    long deadline;

    Item(long deadline) {
      this.deadline = deadline;
    }
  }

  @Test
  void anItemIsDueNeitherEarlyNorMoreThanATickLateForSpansFromMillisecondsToAHundredYears() {
    long[] spans = {
      1,
      TICK,
      5 * TICK,
      64 * TICK,
      65 * TICK,
      (1L << 26) * 64,
      (1L << 32) * 64,
      (1L << 38) * 64,
      (1L << 44) * 64,
      (1L << 50) * 64,
      (1L << 56) * 37,
      2 * Lifetime.LONGEST.toNanos()
    };
    for (long span : spans) {
      TimerWheel<Item> fresh = new TimerWheel<>(ORIGIN, item -> item.deadline);
      Item item = new Item(ORIGIN + span);
      fresh.schedule(item);
      advanceFully(fresh, ORIGIN + span - 1);
      assertThat(due).as("just before %s", Duration.ofNanos(span)).isEmpty();
      advanceFully(fresh, ORIGIN + span + TICK);
      assertThat(due).as("a tick after %s", Duration.ofNanos(span)).containsExactly(item);
      due.clear();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void agreesWithASetOfDeadlinesOverRandomOperations(long seed) {
    Random random = new Random(seed);
    Set<Item> model = new HashSet<>();
    long now = ORIGIN;
    for (int step = 0; step < 20_000; step++) {
      switch (random.nextInt(4)) {
        case 0, 1 -> {
          Item item = new Item(now + (long) Math.exp(random.nextDouble() * 42) - 1);
          wheel.schedule(item);
          model.add(item);
        }
        case 2 -> {
          if (!model.isEmpty()) {
            Item any = model.iterator().next();
            wheel.cancel(any);
            model.remove(any);
          }
        }
        default -> {
          now += (long) Math.exp(random.nextDouble() * 40) / (1 + random.nextInt(1_000));
          advanceFully(wheel, now);
          for (Item item : due) {
            assertThat(item.deadline).as("seed %d: early", seed).isLessThanOrEqualTo(now);
            assertThat(model.remove(item)).as("seed %d: due once", seed).isTrue();
          }
          due.clear();
          long latest = now - TICK;
          assertThat(model)
              .as("seed %d: late", seed)
              .allSatisfy(item -> assertThat(item.deadline).isGreaterThan(latest));
        }
      }
    }
  }

  @Test
  void aDeadlineThatMovedAwayIsLookedUpAgainWhenItsBucketIsReached() {
    Item item = new Item(ORIGIN + 10 * TICK);
    wheel.schedule(item);
    item.deadline = ORIGIN + 100 * TICK;

    advanceFully(wheel, ORIGIN + 50 * TICK);
    assertThat(due).isEmpty();
    advanceFully(wheel, ORIGIN + 101 * TICK);
    assertThat(due).containsExactly(item);
  }

  @Test
  void whatIsScheduledInThePastIsDueWithTheNextTick() {
    advanceFully(wheel, ORIGIN + 1_000 * TICK);
    Item item = new Item(ORIGIN);
    wheel.schedule(item);

    advanceFully(wheel, ORIGIN + 1_001 * TICK);
    assertThat(due).containsExactly(item);
  }

  @Test
  void aMillionItemsOfOneSecondAreHandedOverInSlicesOfTheBudget() {
    int count = 1_000_000;
    for (int i = 0; i < count; i++) {
      wheel.schedule(new Item(ORIGIN + 3_600_000_000_000L + i * 1_000L));
    }
    long now = ORIGIN + 3_602_000_000_000L;
    boolean more = true;
    while (more) {
      int before = due.size();
      more = wheel.advance(now, 1_000, due::add);
      assertThat(due.size() - before).isLessThanOrEqualTo(1_000);
    }
    assertThat(due).hasSize(count);
  }

  @Test
  void anItemCanBeCancelledWhileItWaitsForTheNextSlice() {
    Item first = new Item(ORIGIN + TICK);
    Item second = new Item(ORIGIN + TICK);
    wheel.schedule(first);
    wheel.schedule(second);
    assertThat(wheel.advance(ORIGIN + 3 * TICK, 1, due::add)).isTrue();
    assertThat(due).containsExactly(first);

    wheel.cancel(second);
    assertThat(wheel.advance(ORIGIN + 3 * TICK, 1, due::add)).isFalse();
    assertThat(due).containsExactly(first);
  }

  private void advanceFully(TimerWheel<Item> target, long now) {
    while (target.advance(now, 7, due::add)) {
      assertThat(due).isNotNull();
    }
  }
}
