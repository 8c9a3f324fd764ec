package io.forebay.cache.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The building blocks against what the JDK has for the same purpose.
class StructuresTest {

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void aGhostQueueForgetsTheOldestAndFindsEveryOther(long seed) {
    Random random = new Random(seed);
    GhostQueue queue = new GhostQueue(10);
    LinkedHashSet<Long> model = new LinkedHashSet<>();
    int limit = 10;
    for (int step = 0; step < 20_000; step++) {
      long key = random.nextInt(60);
      int choice = random.nextInt(100);
      if (choice < 50) {
        model.remove(key);
        if (model.size() == limit) {
          model.removeFirst();
        }
        model.add(key);
        queue.add(key);
      } else if (choice < 99) {
        assertThat(queue.remove(key))
            .as("seed %d, step %d", seed, step)
            .isEqualTo(model.remove(key));
      } else {
        limit = 1 + random.nextInt(20);
        while (model.size() > limit) {
          model.removeFirst();
        }
        queue.resize(limit);
      }
      assertThat(queue.size()).as("seed %d, step %d", seed, step).isEqualTo(model.size());
    }
  }

  @Test
  void aGhostTableNeverHoldsMoreThanItsPlacesAndForgetsTheLongestUnused() {
    GhostTable table = new GhostTable(512);
    for (int key = 0; key < 10_000; key++) {
      table.add(GhostTable.fingerprint(key), key, (byte) (key % 48), key);
    }
    assertThat(table.places()).isEqualTo(512);
    int found = 0;
    for (int key = 0; key < 10_000; key++) {
      int place = table.find(GhostTable.fingerprint(key));
      if (place >= 0) {
        found++;
        assertThat(key).as("only late ones").isGreaterThan(8_000);
        assertThat(table.lastUse(place)).isEqualTo(key);
        assertThat(table.keyClass(place)).isEqualTo((byte) (key % 48));
      }
    }
    assertThat(found).isEqualTo(512);
  }

  @ParameterizedTest
  @ValueSource(ints = {520, 1_000, 4_096, 100_000})
  void aGhostTableKeepsWhatFitsWhenResized(int places) {
    GhostTable table = new GhostTable(512);
    for (int key = 0; key < 200; key++) {
      table.add(GhostTable.fingerprint(key), -key, (byte) (key % 48), 0);
    }
    table.resize(places, 0);
    assertThat(table.places()).isBetween(places, places + GhostTable.BUCKET - 1);
    table.resize(700, 0);
    int kept = 0;
    for (int key = 0; key < 200; key++) {
      int place = table.find(GhostTable.fingerprint(key));
      if (place >= 0) {
        kept++;
        assertThat(table.lastUse(place)).isEqualTo(-key);
        assertThat(table.keyClass(place)).isEqualTo((byte) (key % 48));
      }
    }
    assertThat(kept).isGreaterThan(195);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void aSlotHeapYieldsTheLeast(long seed) {
    Random random = new Random(seed);
    SlotHeap heap = new SlotHeap();
    TreeSet<long[]> model =
        new TreeSet<>(Comparator.<long[]>comparingLong(e -> e[0]).thenComparingLong(e -> e[1]));
    Map<Integer, long[]> bySlot = new HashMap<>();
    for (int step = 0; step < 20_000; step++) {
      int slot = random.nextInt(100);
      long[] held = bySlot.get(slot);
      assertThat(heap.contains(slot)).isEqualTo(held != null);
      if (held == null) {
        long[] entry = {random.nextInt(1_000), slot};
        bySlot.put(slot, entry);
        model.add(entry);
        heap.add(slot, entry[0]);
      } else if (random.nextBoolean()) {
        bySlot.remove(slot);
        model.remove(held);
        heap.remove(slot);
      }
      if (!model.isEmpty()) {
        assertThat(heap.key(heap.least())).as("seed %d", seed).isEqualTo(model.first()[0]);
      }
    }
    int[] sorted = new int[100];
    int count = heap.copySorted(sorted);
    assertThat(count).isEqualTo(model.size());
    for (int i = 1; i < count; i++) {
      assertThat(heap.key(sorted[i])).isGreaterThanOrEqualTo(heap.key(sorted[i - 1]));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void aSlotIndexFindsWhatWasAdded(long seed) {
    Random random = new Random(seed);
    SlotIndex index = new SlotIndex();
    Map<Long, Integer> model = new HashMap<>();
    for (int step = 0; step < 50_000; step++) {
      long hash = random.nextInt(500);
      Integer held = model.get(hash);
      assertThat(index.find(hash)).isEqualTo(held == null ? SlotIndex.NONE : held);
      if (held == null) {
        model.put(hash, step);
        index.add(hash, step);
      } else if (random.nextBoolean()) {
        model.remove(hash);
        assertThat(index.remove(hash)).isEqualTo(held);
      }
    }
    assertThat(index.hashes()).hasSize(model.size());
    assertThat(index.remove(-1)).isEqualTo(SlotIndex.NONE);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void slotListsKeepTheirOrders(long seed) {
    Random random = new Random(seed);
    SlotLists lists = new SlotLists(3);
    List<List<Integer>> model = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    int[] listOf = new int[50];
    for (int step = 0; step < 20_000; step++) {
      int slot = random.nextInt(50);
      int target = random.nextInt(3);
      if (listOf[slot] == 0) {
        lists.append(target, slot);
        model.get(target).add(slot);
        listOf[slot] = target + 1;
      } else if (random.nextInt(50) == 0) {
        int from = (target + 1) % 3;
        lists.appendAll(from, target);
        model.get(from).forEach(moved -> listOf[moved] = target + 1);
        model.get(target).addAll(model.get(from));
        model.get(from).clear();
      } else if (random.nextBoolean()) {
        lists.unlink(listOf[slot] - 1, slot);
        model.get(listOf[slot] - 1).remove(Integer.valueOf(slot));
        listOf[slot] = 0;
      } else {
        lists.moveToNewest(listOf[slot] - 1, slot);
        model.get(listOf[slot] - 1).remove(Integer.valueOf(slot));
        model.get(listOf[slot] - 1).add(slot);
      }
      for (int list = 0; list < 3; list++) {
        List<Integer> expected = model.get(list);
        assertThat(lists.size(list)).as("seed %d", seed).isEqualTo(expected.size());
        assertThat(lists.oldest(list))
            .isEqualTo(expected.isEmpty() ? SlotLists.NONE : (int) expected.getFirst());
        assertThat(lists.newest(list))
            .isEqualTo(expected.isEmpty() ? SlotLists.NONE : (int) expected.getLast());
      }
    }
    for (int list = 0; list < 3; list++) {
      assertThat(lists.toArray(list))
          .containsExactly(model.get(list).stream().mapToInt(Integer::intValue).toArray());
    }
  }

  @Test
  void aSketchNeverCountsTooLittleAndRarelyTooMuch() {
    FrequencySketch sketch = new FrequencySketch();
    sketch.ensureCapacity(1_000);
    for (int key = 0; key < 500; key++) {
      for (int i = 0; i < 1 + key % 8; i++) {
        sketch.increment(key);
      }
    }
    int tooMuch = 0;
    for (int key = 0; key < 500; key++) {
      int estimate = sketch.estimate(key);
      assertThat(estimate).isGreaterThanOrEqualTo(1 + key % 8);
      tooMuch += estimate > 1 + key % 8 ? 1 : 0;
    }
    assertThat(tooMuch).isLessThan(25);
  }

  @Test
  void aSketchForgetsOldFavourites() {
    FrequencySketch sketch = new FrequencySketch();
    sketch.ensureCapacity(64);
    for (int i = 0; i < 15; i++) {
      sketch.increment(1);
    }
    for (int key = 2; key < 5_000; key++) {
      sketch.increment(key % 500 + 2);
    }
    assertThat(sketch.estimate(1)).isLessThan(12);
  }

  @Test
  void aSlotPoolGivesOutTheSlotFreedLast() {
    SlotPool pool = new SlotPool();
    assertThat(List.of(pool.take(), pool.take(), pool.take())).containsExactly(0, 1, 2);
    pool.release(0);
    pool.release(2);
    assertThat(pool.take()).isEqualTo(2);
    assertThat(pool.take()).isZero();
    assertThat(pool.take()).isEqualTo(3);
    assertThat(pool.limit()).isEqualTo(4);
    assertThatThrownBy(() -> pool.release(4)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aCandidatePoolKeepsTheLowest() {
    for (long seed = 1; seed <= 20; seed++) {
      Random random = new Random(seed);
      CandidatePool pool = new CandidatePool(5);
      TreeSet<Long> model = new TreeSet<>();
      for (int step = 0; step < 1_000; step++) {
        long key = random.nextInt(1_000_000);
        if (random.nextInt(3) > 0 && model.add(key)) {
          assertThat(pool.wants(key)).isEqualTo(model.size() <= 5 || key < model.last());
          if (pool.wants(key)) {
            int dropped = pool.add((int) key, key);
            long gone = model.size() > 5 ? model.removeLast() : -1;
            assertThat(dropped).as("seed %d", seed).isEqualTo((int) gone);
          } else {
            model.remove(key);
          }
        } else if (!model.isEmpty() && pool.size() > 0) {
          assertThat(pool.lowestKey()).as("seed %d", seed).isEqualTo(model.first());
          assertThat(pool.takeLowest()).isEqualTo((int) (long) model.removeFirst());
        }
        assertThat(pool.size()).isEqualTo(model.size());
      }
    }
  }
}
