package io.forebay.cache;

/// The totally ordered, numbered sequence of invalidations that caches and tiers agree on. One log
/// serves all caches of a node.
///
/// Thread-safe.
public interface InvalidationLog {

  /// The newest position that is in the log, or the epoch's zeroth if it is empty. A load that
  /// begins now notes it: later records may concern its result, earlier ones cannot.
  Position last();

  /// Adds a record and answers its position: the next one of the epoch.
  Position append(String cache, Scope scope, Invalidation.Mode mode);
}
