package io.forebay.cache;

/// An invalidation that is in force on this node.
///
/// @param outcome its place in the log, and whether the log keeps it
public record Invalidation(LogOutcome outcome, Scope scope, Mode mode) {

  /// Its place in the log; values whose load began before it are covered.
  public Position position() {
    return outcome.last();
  }

  /// How an invalidation treats what it covers.
  public enum Mode {
    /// It is gone.
    HARD,
    /// It is stale: served only where stale rules allow, and refreshed.
    SOFT
  }
}
