package io.forebay.cache.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HitDensityPolicyTest {

  private static final long MILLIS = 1_000_000;

  @Test
  void aLoopLargerThanTheCacheStillHits() {
    TestingWorkload loop = TestingWorkload.loop(100_000, 1_000);
    assertThat(loop.hitRatio("lru", 500)).isZero();
    assertThat(loop.hitRatio("auto", 500)).as("optimum is .5").isGreaterThan(0.42);
  }

  @Test
  void favouritesSurviveAScan() {
    TestingWorkload mixed =
        TestingWorkload.zipf(100_000, 10_000, 0.9, 1).with(TestingWorkload.scan(100_000), 2);
    assertThat(mixed.hitRatio("auto", 500))
        .isGreaterThan(mixed.hitRatio("lru", 500) + 0.05)
        .isGreaterThan(mixed.hitRatio("lfu", 500));
  }

  @Test
  void recencyIsFollowedWhereOnlyRecencyCounts() {
    int[] keys = new int[120_000];
    Arrays.setAll(keys, i -> i / 3 + (i % 3 == 0 ? 0 : -(i % 3) * 20));
    TestingWorkload recent = new TestingWorkload(Arrays.stream(keys).map(k -> k + 100).toArray());
    assertThat(recent.hitRatio("auto", 200)).isGreaterThan(recent.hitRatio("lru", 200) - 0.005);
  }

  @Test
  void aChangeOfPatternIsLearnedAnew() {
    TestingWorkload zipf = TestingWorkload.zipf(100_000, 5_000, 1.0, 3);
    TestingWorkload loop = TestingWorkload.loop(100_000, 1_000);
    double before = zipf.then(loop).hitRatio("auto", 500);
    double after = loop.then(zipf).hitRatio("auto", 500);
    double alone = (zipf.hitRatio("auto", 500) + loop.hitRatio("auto", 500)) / 2;
    assertThat(before).isGreaterThan(alone - 0.03);
    assertThat(after).isGreaterThan(alone - 0.03);
  }

  @Test
  void equalSeedsGiveEqualDecisions() {
    TestingWorkload zipf = TestingWorkload.zipf(30_000, 5_000, 0.8, 4);
    assertThat(zipf.hitRatio("auto", 300)).isEqualTo(zipf.hitRatio("auto", 300));
  }

  @Test
  void losingMostEventsOfHitsDoesLittleHarm() {
    TestingWorkload zipf = TestingWorkload.zipf(100_000, 10_000, 0.9, 5);
    double exact = zipf.hitRatio("auto", 500);
    EvictionPolicy policy = EvictionPolicies.named("auto", Long.MAX_VALUE, 500, 7);
    double lossy = zipf.hitRatio(new TestingLossyPolicy(policy, 0.5));
    assertThat(lossy).isGreaterThan(exact - 0.05);
  }

  @Test
  void ofEqualEntriesTheHeavyOneLeavesFirst() {
    HitDensityPolicy policy = new HitDensityPolicy(1_000, Long.MAX_VALUE, HitObjective.OBJECTS, 1);
    for (int slot = 0; slot < 10; slot++) {
      policy.add(slot, Hashing.mix(slot), slot == 4 ? 500 : 50, EvictionPolicy.NEVER);
    }
    policy.update(0, 200, EvictionPolicy.NEVER);
    assertThat(policy.evict(0)).isEqualTo(4);
  }

  @ParameterizedTest
  @CsvSource({"OBJECTS, 4", "BYTES, 1"})
  void whenBytesAreToHitAHeavyOneThatWasReusedIsWorthItsPlace(HitObjective objective, int victim) {
    HitDensityPolicy policy = new HitDensityPolicy(600, Long.MAX_VALUE, objective, 1);
    for (int slot = 0; slot < 10; slot++) {
      policy.add(slot, Hashing.mix(slot), slot == 4 ? 500 : 5, EvictionPolicy.NEVER);
    }
    policy.recordAccess(4);
    policy.update(0, 100, EvictionPolicy.NEVER);
    assertThat(policy.evict(0)).isEqualTo(victim);
  }

  @Test
  void anExpiredEntryLeavesFirstAndOneCloseToItsEndSooner() {
    HitDensityPolicy policy = new HitDensityPolicy(Long.MAX_VALUE, 20, HitObjective.OBJECTS, 1);
    long now = 0;
    Random random = new Random(1);
    for (int slot = 0; slot < 20; slot++) {
      policy.add(slot, Hashing.mix(slot), 1, EvictionPolicy.NEVER);
    }
    for (int i = 0; i < 5_000; i++) {
      policy.recordAccess(random.nextInt(20));
      now += 10 * MILLIS;
      if (i % 100 == 0) {
        policy.evictionOrder(now);
      }
    }
    policy.update(5, 1, now + 5_000 * MILLIS);
    policy.update(6, 1, now + 200 * MILLIS);
    policy.update(7, 1, now - MILLIS);
    IntStream.range(0, 20).filter(s -> s < 5 || s > 7).forEach(policy::recordAccess);
    int[] order = policy.evictionOrder(now);
    assertThat(order[0]).isEqualTo(7);
    assertThat(indexOf(order, 6)).isLessThan(indexOf(order, 5));
  }

  private static int indexOf(int[] order, int slot) {
    return IntStream.range(0, order.length).filter(i -> order[i] == slot).findFirst().orElseThrow();
  }

  @Test
  void aSmallCacheEvictsExactlyWhatIsWorthLeast() {
    HitDensityPolicy policy = new HitDensityPolicy(Long.MAX_VALUE, 20, HitObjective.OBJECTS, 1);
    SlotPool slots = new SlotPool();
    Random random = new Random(2);
    for (int i = 0; i < 5_000; i++) {
      if (random.nextBoolean()) {
        policy.recordAccess(random.nextInt(20));
      } else {
        policy.add(slots.take(), Hashing.mix(random.nextInt(60)), 1, EvictionPolicy.NEVER);
        if (policy.isOverCapacity()) {
          float least = policy.rankOf(policy.evictionOrder(0)[0]);
          int[] before = policy.evictionOrder(0);
          float[] ranks = new float[slots.limit()];
          for (int slot : before) {
            ranks[slot] = policy.rankOf(slot);
          }
          int victim = policy.evict(0);
          assertThat(ranks[victim]).isEqualTo(least);
          slots.release(victim);
        }
      }
    }
  }

  @Test
  void ghostsStayWithinTheirBoundAndFollowTheCapacity() {
    HitDensityPolicy policy = new HitDensityPolicy(Long.MAX_VALUE, 20_000, HitObjective.OBJECTS, 1);
    TestingWorkload scan = TestingWorkload.scan(200_000);
    scan.hitRatio(policy);
    assertThat(policy.ghostPlaces()).isBetween(40_000, 40_008);
    policy.changeCapacity(Long.MAX_VALUE, 100);
    while (policy.isOverCapacity()) {
      policy.evict(0);
    }
    policy.add(50_000, 1, 1, EvictionPolicy.NEVER);
    policy.evict(0);
    assertThat(policy.ghostPlaces()).isBetween(512, 4_096);
  }

  @Test
  void growingAndShrinkingKeepsLearning() {
    HitDensityPolicy policy = new HitDensityPolicy(Long.MAX_VALUE, 500, HitObjective.OBJECTS, 1);
    TestingWorkload zipf = TestingWorkload.zipf(200_000, 20_000, 0.9, 6);
    double fixed = zipf.hitRatio("auto", 500);
    double changed = zipf.hitRatio(new TestingResizedPolicy(policy, 500, 50, 20_000));
    assertThat(changed).isBetween(fixed - 0.12, fixed);
  }
}
