package io.forebay.cache.loading;

import io.forebay.cache.Draft;
import java.util.Optional;

/// Asks the source for one key.
@FunctionalInterface
public interface Loader<K, V> {

  /// What the source has now, and how long it may be kept; empty if it has nothing. Runs on a
  /// virtual thread and may block. A [io.forebay.cache.ReferenceCounted] value's first reference
  /// passes to the caller.
  ///
  /// @throws Exception if the source could not be asked
  Optional<Draft<V>> load(K key) throws Exception;
}
