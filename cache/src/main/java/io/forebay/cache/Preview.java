package io.forebay.cache;

import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;

/// What an invalidation would cover at this moment.
///
/// @param page some of the entries, in key order
/// @param entries how many there are on all pages
/// @param weightBytes what they weigh together
public record Preview<K>(Listing<K> page, long entries, long weightBytes) {

  static <K extends Comparable<? super K>, V> Preview<K> of(
      Table<K, V> table, Predicate<Resident<K, V>> isCovered, Optional<K> after, int limit) {
    LongAdder entries = new LongAdder();
    LongAdder weightBytes = new LongAdder();
    table.forEach(resident -> {
      if (isCovered.test(resident)) {
        entries.increment();
        weightBytes.add(resident.weightBytes);
      }
    });
    ListingQuery<K> all = new ListingQuery<>(after, _ -> true, Optional.empty(), limit);
    return new Preview<>(
        ListingPage.select(table, all, isCovered), entries.sum(), weightBytes.sum());
  }
}
