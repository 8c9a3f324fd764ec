package io.forebay.cache;

import org.jspecify.annotations.Nullable;

/// Which item to give up next. A single-threaded data structure: its owner calls it under a lock.
interface EvictionOrder<T> {

  void added(T item);

  /// `item`, which is in, gave way to a new value of the same key.
  void replaced(T item, T successor);

  void accessed(T item);

  void removed(T item);

  /// The item to evict next, left in place; null if there is none.
  @Nullable T victim();
}
