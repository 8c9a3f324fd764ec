package io.forebay.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimerWheelTest {

  /// How late a slot may be: one bucket of the finest wheel.
  private static final long TICK = 1L << 20;

  /// As the system's clock may be: negative, and about to pass zero.
  private static final long ORIGIN = -5_000_000_000L;

  /// By slot.
  private final Map<Integer, Long> deadlines = new HashMap<>();

  private final TimerWheel wheel = new TimerWheel(ORIGIN, deadlines::get);
  private final List<Integer> due = new ArrayList<>();

  @Test
  void aSlotIsDueNeitherEarlyNorMoreThanATickLateForSpansFromMillisecondsToAHundredYears() {
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
      TimerWheel fresh = new TimerWheel(ORIGIN, _ -> ORIGIN + span);
      fresh.schedule(7);
      advanceFully(fresh, ORIGIN + span - 1);
      assertThat(due).as("just before %s", Duration.ofNanos(span)).isEmpty();
      advanceFully(fresh, ORIGIN + span + TICK);
      assertThat(due).as("a tick after %s", Duration.ofNanos(span)).containsExactly(7);
      due.clear();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void agreesWithASetOfDeadlinesOverRandomOperations(long seed) {
    Random random = new Random(seed);
    long now = ORIGIN;
    for (int step = 0; step < 20_000; step++) {
      int slot = random.nextInt(500);
      long deadline = now + (long) Math.exp(random.nextDouble() * 42) - 1;
      switch (random.nextInt(5)) {
        case 0, 1 -> schedule(slot, deadline);
        case 2 -> {
          wheel.cancel(slot);
          deadlines.remove(slot);
        }
        case 3 -> move(slot, deadline);
        default -> {
          now += (long) Math.exp(random.nextDouble() * 40) / (1 + random.nextInt(1_000));
          advanceFully(wheel, now);
          for (Integer item : due) {
            assertThat(deadlines.remove(item))
                .as("seed %d: not early, and once", seed)
                .isNotNull()
                .isLessThanOrEqualTo(now);
          }
          due.clear();
          long latest = now - TICK;
          assertThat(deadlines.values())
              .as("seed %d: late", seed)
              .allSatisfy(missed -> assertThat(missed).isGreaterThan(latest));
        }
      }
    }
  }

  private void schedule(int slot, long deadline) {
    if (deadlines.putIfAbsent(slot, deadline) == null) {
      wheel.schedule(slot);
    }
  }

  private void move(int slot, long deadline) {
    Long before = deadlines.get(slot);
    if (before != null) {
      deadlines.put(slot, deadline);
      if (deadline < before) {
        wheel.hasten(slot);
      }
    }
  }

  @Test
  void aDeadlineThatMovedAwayIsLookedUpAgainWhenItsBucketIsReached() {
    schedule(3, ORIGIN + 10 * TICK);
    move(3, ORIGIN + 100 * TICK);

    advanceFully(wheel, ORIGIN + 50 * TICK);
    assertThat(due).isEmpty();
    advanceFully(wheel, ORIGIN + 101 * TICK);
    assertThat(due).containsExactly(3);
  }

  @Test
  void whatIsScheduledInThePastIsDueWithTheNextTick() {
    advanceFully(wheel, ORIGIN + 1_000 * TICK);
    schedule(3, ORIGIN);

    advanceFully(wheel, ORIGIN + 1_001 * TICK);
    assertThat(due).containsExactly(3);
  }

  @Test
  void aMillionSlotsOfOneSecondAreHandedOverInSlicesOfTheBudget() {
    int count = 1_000_000;
    TimerWheel crowded =
        new TimerWheel(ORIGIN, slot -> ORIGIN + 3_600_000_000_000L + slot * 1_000L);
    for (int slot = 0; slot < count; slot++) {
      crowded.schedule(slot);
    }
    long now = ORIGIN + 3_602_000_000_000L;
    boolean more = true;
    while (more) {
      int before = due.size();
      more = crowded.advance(now, 1_000, due::add);
      assertThat(due.size() - before).isLessThanOrEqualTo(1_000);
    }
    assertThat(due).hasSize(count);
  }

  @Test
  void aSlotCanBeCancelledWhileItWaitsForTheNextSlice() {
    schedule(1, ORIGIN + TICK);
    schedule(2, ORIGIN + TICK);
    assertThat(wheel.advance(ORIGIN + 3 * TICK, 1, due::add)).isTrue();
    assertThat(due).containsExactly(1);

    wheel.cancel(2);
    assertThat(wheel.advance(ORIGIN + 3 * TICK, 1, due::add)).isFalse();
    assertThat(due).containsExactly(1);
  }

  private void advanceFully(TimerWheel target, long now) {
    boolean more = true;
    while (more) {
      more = target.advance(now, 7, due::add);
    }
  }
}
