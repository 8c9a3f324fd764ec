package io.forebay.cache;

import org.jspecify.annotations.Nullable;

/// Least recently used first: a doubly linked list through the residents themselves.
final class RecencyOrder<K extends Comparable<? super K>, V>
    implements EvictionOrder<Resident<K, V>> {

  private @Nullable Resident<K, V> oldest;
  private @Nullable Resident<K, V> newest;

  @Override
  public void added(Resident<K, V> item) {
    Resident<K, V> before = newest;
    item.older = before;
    if (before == null) {
      oldest = item;
    } else {
      before.newer = item;
    }
    newest = item;
  }

  @Override
  public void replaced(Resident<K, V> item, Resident<K, V> successor) {
    removed(item);
    added(successor);
  }

  @Override
  public void accessed(Resident<K, V> item) {
    if (item != newest) {
      removed(item);
      added(item);
    }
  }

  @Override
  public void removed(Resident<K, V> item) {
    Resident<K, V> before = item.older;
    Resident<K, V> after = item.newer;
    if (before == null) {
      oldest = after;
    } else {
      before.newer = after;
    }
    if (after == null) {
      newest = before;
    } else {
      after.older = before;
    }
    item.older = null;
    item.newer = null;
  }

  @Override
  public @Nullable Resident<K, V> victim() {
    return oldest;
  }
}
