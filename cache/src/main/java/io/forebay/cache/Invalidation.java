package io.forebay.cache;

/// An invalidation that is in force on this node.
///
/// @param position its place in the log; values whose load began before it are covered
public record Invalidation(Position position, Scope scope, Mode mode) {

  /// How an invalidation treats what it covers.
  public enum Mode {
    /// It is gone.
    HARD,
    /// It is stale: served only where stale rules allow, and refreshed.
    SOFT
  }
}
