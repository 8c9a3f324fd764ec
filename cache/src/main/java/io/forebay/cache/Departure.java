package io.forebay.cache;

import java.time.Instant;

/// A value left the cache, or was not let in. Never carries the value: it may be released already.
///
/// @param time wall clock, for people
public record Departure<K>(K key, Cause cause, Instant time) {

  /// Why.
  public enum Cause {
    /// For space: the byte bound, the cache's or the node's.
    EVICTED_FOR_BYTES,
    /// For space: the entry bound.
    EVICTED_FOR_ENTRIES,
    /// Its time was over: its lifetime, or the cache's time to idle.
    EXPIRED,
    /// An invalidation covered it.
    INVALIDATED,
    /// A client removed it, or the cache was closed.
    REMOVED,
    /// A newer value came under its key.
    REPLACED,
    /// The write was refused ([WriteOutcome.Refused]), so the value never was in the cache.
    REFUSED
  }
}
