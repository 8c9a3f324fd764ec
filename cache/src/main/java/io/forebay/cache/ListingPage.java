package io.forebay.cache;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/// Picks one page out of an unordered table: the `limit` smallest keys after the last page's, with
/// memory for one page and time `entries · log(limit)`.
final class ListingPage {

  private ListingPage() {}

  static <K extends Comparable<? super K>, V> Listing<K> select(
      Table<K, V> table, ListingQuery<K> query, Predicate<Resident<K, V>> isLive) {
    TreeMap<K, Resident<K, V>> page = new TreeMap<>();
    // One more than the page, to know whether another page follows.
    table.forEach(resident -> {
      if (!isBeyond(page, query.limit() + 1L, resident.key())
          && matches(query, resident)
          && isLive.test(resident)) {
        page.put(resident.key(), resident);
        if (page.size() > query.limit() + 1L) {
          page.pollLastEntry();
        }
      }
    });
    boolean more = page.size() > query.limit();
    if (more) {
      page.pollLastEntry();
    }
    return new Listing<>(facts(page), more ? Optional.of(page.lastKey()) : Optional.empty());
  }

  private static <K extends Comparable<? super K>> boolean isBeyond(
      SortedMap<K, ?> page, long limit, K key) {
    return page.size() == limit && key.compareTo(page.lastKey()) > 0;
  }

  private static <K extends Comparable<? super K>, V> boolean matches(
      ListingQuery<K> query, Resident<K, V> resident) {
    K key = resident.key();
    return (query.after().isEmpty() || key.compareTo(query.after().get()) > 0)
        && (query.tag().isEmpty() || resident.tags().contains(query.tag().get()))
        && query.keys().test(key);
  }

  private static <K extends Comparable<? super K>, V> List<EntryFacts<K>> facts(
      Map<K, Resident<K, V>> page) {
    List<EntryFacts<K>> facts = new ArrayList<>(page.size());
    for (Resident<K, V> resident : page.values()) {
      facts.add(resident.facts());
    }
    return List.copyOf(facts);
  }
}
