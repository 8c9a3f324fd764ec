package io.forebay.cache.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.cache.policy.NaivePolicy.Item;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// The policies whose order is exact evict the very entries that a simple model evicts.
class AgainstNaiveModelTest {

  private static final int KEYS = 60;

  record Subject(String name, boolean weighted) {}

  static Stream<Arguments> subjects() {
    List<Arguments> subjects = new ArrayList<>();
    for (Subject subject :
        List.of(
            new Subject("fifo", true),
            new Subject("lru", true),
            new Subject("sieve", true),
            new Subject("lfu", true),
            new Subject("s3-fifo", false))) {
      for (long seed = 1; seed <= 8; seed++) {
        subjects.add(Arguments.of(subject, seed));
      }
    }
    return subjects.stream();
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void evictsWhatTheModelEvicts(Subject subject, long seed) {
    new Run(subject, seed).steps(4_000);
  }

  @Tag("long")
  @ParameterizedTest
  @MethodSource("subjects")
  void evictsWhatTheModelEvictsInLongRuns(Subject subject, long seed) {
    new Run(subject, seed + 1_000).steps(200_000);
  }

  private static NaivePolicy model(String name, long maxWeight, long maxEntries) {
    return switch (name) {
      case "fifo" -> new NaivePolicy.Fifo(maxWeight, maxEntries);
      case "lru" -> new NaivePolicy.Lru(maxWeight, maxEntries);
      case "sieve" -> new NaivePolicy.Sieve(maxWeight, maxEntries);
      case "lfu" -> new NaivePolicy.Lfu(maxWeight, maxEntries);
      case "s3-fifo" -> new NaivePolicy.S3Fifo(maxEntries);
      default -> throw new IllegalArgumentException(name);
    };
  }

  /// Random operations on both, side by side.
  private static final class Run {
    private final Subject subject;
    private final long seed;
    private final Random random;
    private final EvictionPolicy policy;
    private final NaivePolicy model;
    private final SlotPool slots = new SlotPool();
    private final Map<Integer, Item> byKey = new HashMap<>();
    private final Map<Integer, Integer> keyOfSlot = new HashMap<>();

    /// The item added last.
    private @Nullable Item newest;

    Run(Subject subject, long seed) {
      this.subject = subject;
      this.seed = seed;
      this.random = new Random(seed);
      long maxWeight = subject.weighted ? 200 : Long.MAX_VALUE;
      this.policy = EvictionPolicies.named(subject.name, maxWeight, 20, seed);
      this.model = model(subject.name, maxWeight, 20);
    }

    void steps(int count) {
      for (int step = 0; step < count; step++) {
        int key = (int) Math.abs(random.nextGaussian() * KEYS / 3);
        int choice = random.nextInt(100);
        if (choice < 80) {
          request(key);
        } else if (choice < 88) {
          update(key);
        } else if (choice < 96) {
          remove(key);
        } else if (choice < 97) {
          changeCapacity();
        } else {
          policy.recordAccess(random.nextInt(1_000) + 500);
        }
        assertThat(policy.size()).as(this::where).isEqualTo(model.items().size());
        assertThat(policy.weightBytes()).as(this::where).isEqualTo(model.weight());
      }
    }

    private String where() {
      return subject.name + ", seed " + seed;
    }

    private int weight() {
      return subject.weighted ? 1 + random.nextInt(40) : 1;
    }

    private void request(int key) {
      Item held = byKey.get(key);
      if (held != null) {
        policy.recordAccess(held.slot);
        model.accessed(held);
        return;
      }
      int slot = slots.take();
      Item item = new Item(slot, Hashing.mix(key), weight(), EvictionPolicy.NEVER);
      byKey.put(key, item);
      keyOfSlot.put(slot, key);
      policy.add(slot, item.keyHash, item.weight, item.expiresAt);
      model.add(item);
      evict(item);
    }

    private void update(int key) {
      Item held = byKey.get(key);
      if (held != null) {
        held.weight = weight();
        policy.update(held.slot, held.weight, held.expiresAt);
        model.updated(held);
        evict(newest);
      }
    }

    private void remove(int key) {
      Item held = byKey.remove(key);
      if (held != null) {
        policy.remove(held.slot);
        model.remove(held);
        slots.release(held.slot);
        assertThat(policy.contains(held.slot)).as(this::where).isFalse();
      }
    }

    private void changeCapacity() {
      model.maxEntries = 2L + random.nextInt(30);
      model.maxWeight = subject.weighted ? 40L + random.nextInt(300) : Long.MAX_VALUE;
      policy.changeCapacity(model.maxWeight, model.maxEntries);
      evict(newest);
    }

    private void evict(@Nullable Item newcomer) {
      newest = newcomer;
      while (model.isOverCapacity()) {
        assertThat(policy.isOverCapacity()).as(this::where).isTrue();
        Item expected = model.evict(newest);
        int slot = policy.evict(0);
        assertThat(slot).as(this::where).isEqualTo(expected.slot);
        byKey.remove(keyOfSlot.get(slot));
        slots.release(slot);
      }
      assertThat(policy.isOverCapacity()).as(this::where).isFalse();
    }
  }
}
