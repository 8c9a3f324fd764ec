package io.forebay.cache;

/// The right to store one load's result: it carries the log position at which the load began, so
/// that fencing cannot be forgotten.
///
/// Until a token is completed or abandoned, barriers newer than its position stay in memory.
public interface LoadToken<K> {

  K key();

  Position began();

  /// Ends the load without a result. Idempotent; does nothing after completion.
  void abandon();
}
