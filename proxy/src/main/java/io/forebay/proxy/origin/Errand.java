package io.forebay.proxy.origin;

/// What a request to an origin is for, as far as it decides when the origin is asked.
///
/// @param fills whether it fetches for the cache and others may wait for it; there are fewer places
///   for these
/// @param cover what the client gets if the origin is not asked
/// @param waited false for a refresh in the background
public record Errand(boolean fills, Cover cover, boolean waited) {

  /// Something stored that may be served stale in place of an answer.
  public enum Cover {
    NONE,
    /// While the origin cannot be reached, but not for an error that it answers with.
    WHEN_UNREACHABLE,
    ALWAYS
  }

  /// For a client that gets an error if the origin is not asked.
  public static Errand forClient(boolean fills) {
    return new Errand(fills, Cover.NONE, true);
  }

  /// For the store alone.
  public static Errand refresh() {
    return new Errand(true, Cover.ALWAYS, false);
  }

  /// Whether an origin that is down need not be bothered.
  boolean canDoWithout(Health.Cause down) {
    return switch (cover) {
      case NONE -> false;
      case WHEN_UNREACHABLE -> down == Health.Cause.UNREACHABLE;
      case ALWAYS -> true;
    };
  }
}
