package io.forebay.cache.loading;

import org.jspecify.annotations.Nullable;

/// How a load ended.
sealed interface Landing<V> {

  /// With an answer that all who wait may have.
  ///
  /// @param value null if the source has nothing
  record Shared<V>(@Nullable V value) implements Landing<V> {}

  /// With an answer that an invalidation or a newer write overtook: good for the caller that began
  /// the load, since its read began before; others may have come after and must ask again.
  record Overtaken<V>(@Nullable V value) implements Landing<V> {}

  record Failed<V>(Throwable cause) implements Landing<V> {}
}
