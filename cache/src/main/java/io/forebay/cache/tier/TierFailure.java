package io.forebay.cache.tier;

/// Why a tier could not do something.
///
/// @param detail for the operator
public record TierFailure(Kind kind, String detail) {

  /// Kinds of failure, as metrics tell them apart.
  public enum Kind {
    /// It failed so often lately that it is left alone for a while. Nothing was sent.
    BREAKER_OPEN,
    /// Too many calls are under way. Nothing was sent.
    BUSY,
    /// There is no connection that may be trusted. Nothing was sent.
    DISCONNECTED,
    /// No answer came in time: it may have happened, and may still happen.
    TIMED_OUT,
    /// The connection broke: it may have happened.
    BROKEN,
    /// The tier said no: it is full, or does not let us. It has not happened.
    REFUSED
  }

  /// Whether a write that failed so may have changed the tier, or may still do.
  public boolean mayHaveHappened() {
    return switch (kind) {
      case BREAKER_OPEN, BUSY, DISCONNECTED, REFUSED -> false;
      case TIMED_OUT, BROKEN -> true;
    };
  }
}
