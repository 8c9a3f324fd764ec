package io.forebay.cache;

import org.jspecify.annotations.Nullable;

/// How a writer takes the entry of a key out: first out of the table, in the key's order of writes;
/// then, after the stripe, out of the books.
final class Removal<K extends Comparable<? super K>, V> {

  private final Table<K, V> table;
  private final Residency<K, V> residency;

  Removal(Table<K, V> table, Residency<K, V> residency) {
    this.table = table;
    this.residency = residency;
  }

  /// Under the key's stripe.
  @Nullable Resident<K, V> takeFromTable(K key) {
    Resident<K, V> removed = table.find(key);
    if (removed != null && table.remove(removed)) {
      removed.depart();
    }
    return removed;
  }

  /// After the stripe, with what [#takeFromTable] gave.
  void letGo(@Nullable Resident<K, V> removed, Departure.Cause cause) {
    if (removed != null) {
      residency.departed(removed, cause);
    }
  }
}
