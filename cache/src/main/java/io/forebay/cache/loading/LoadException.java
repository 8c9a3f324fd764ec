package io.forebay.cache.loading;

import org.jspecify.annotations.Nullable;

/// There is no value to answer with: the load failed or took too long, and nothing stale may be
/// served instead.
public final class LoadException extends RuntimeException {

  private final Reason reason;

  /// Why there is no value.
  public enum Reason {
    /// The loader threw; see the cause.
    FAILED,
    /// The hard timeout passed. The load goes on, and stores what it finds.
    TIMED_OUT,
    /// The waiting thread was interrupted; its interrupt flag is set again. The load goes on.
    INTERRUPTED
  }

  LoadException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
