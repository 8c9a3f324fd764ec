package io.forebay.cache;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Predicate;

/// Picks the entries that were read most often for each of their bytes out of an unordered table,
/// with memory for these and time `entries · log(most)`.
final class MostValuable {

  private MostValuable() {}

  private record Valued<K>(K key, double value) {}

  static <K extends Comparable<? super K>, V> List<K> select(
      Table<K, V> table, int most, Predicate<Resident<K, V>> isLive) {
    PriorityQueue<Valued<K>> leastFirst =
        new PriorityQueue<>(Comparator.<Valued<K>>comparingDouble(Valued::value));
    table.forEach(resident -> {
      if (isLive.test(resident)) {
        EntryFacts<K> facts = resident.facts();
        double value = (facts.accessCount() + 1.0) / Math.max(1, facts.weightBytes());
        Valued<K> least = leastFirst.peek();
        if (leastFirst.size() < most) {
          leastFirst.add(new Valued<>(facts.key(), value));
        } else if (least != null && least.value < value) {
          var _ = leastFirst.poll();
          leastFirst.add(new Valued<>(facts.key(), value));
        }
      }
    });
    List<K> keys = new ArrayList<>(leastFirst.size());
    for (Valued<K> least = leastFirst.poll(); least != null; least = leastFirst.poll()) {
      keys.add(least.key);
    }
    return keys.reversed();
  }
}
