package io.forebay.cache;

/// Another node that shares the log, as far as this one knows.
///
/// @param name its own name for itself
/// @param applied the newest position that is in force there, and everything before it
/// @param isGone whether its lease has ended, so that it serves nothing as fresh until it has
///   caught up
public record Peer(String name, Position applied, boolean isGone) {

  /// Whether nothing that a position covers is served as fresh there any more.
  public boolean isSafeAt(Position position) {
    return isGone || applied.compareTo(position) >= 0;
  }
}
