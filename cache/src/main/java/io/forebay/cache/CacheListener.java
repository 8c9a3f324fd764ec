package io.forebay.cache;

/// Hears what left a cache: later, on another thread, one departure at a time, in about the order
/// in which they happened. What it does, how long it takes and what it throws changes nothing for
/// readers and writers; what comes while it is [CacheBuilder#MAX_WAITING_NOTIFICATIONS] behind is
/// dropped and counted ([CacheStatistics#notificationsDropped]).
///
/// @param <K> the cache's keys
@FunctionalInterface
public interface CacheListener<K> {

  /// An exception goes to the thread's uncaught exception handler; the next departure is heard all
  /// the same.
  void departed(Departure<K> departure);
}
