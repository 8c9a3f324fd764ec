package io.forebay.cache;

import java.util.Collection;

/// The right to store one load's result: it carries the log position at which the load began, so
/// that fencing cannot be forgotten.
///
/// Until a token is completed or abandoned, barriers newer than its position stay in memory.
public interface LoadToken<K> {

  K key();

  Position began();

  /// Whether an invalidation covering the key or one of these tags came since the load began.
  boolean isInvalidated(Collection<String> tags);

  /// Ends the load without a result. Idempotent; does nothing after completion.
  void abandon();
}
