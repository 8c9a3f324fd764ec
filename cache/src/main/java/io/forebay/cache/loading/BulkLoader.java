package io.forebay.cache.loading;

import io.forebay.cache.Draft;
import java.util.Map;
import java.util.Set;

/// Asks the source for several keys at once.
@FunctionalInterface
public interface BulkLoader<K, V> {

  /// As [Loader#load] for each key. A key that is not in the answer is one the source has nothing
  /// for; what was not asked for is ignored.
  ///
  /// @param keys at least one
  Map<K, Draft<V>> loadAll(Set<K> keys) throws Exception;
}
