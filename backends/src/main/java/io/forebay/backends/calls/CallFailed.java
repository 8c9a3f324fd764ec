package io.forebay.backends.calls;

import io.forebay.cache.tier.TierFailure;

/// Ends a call to a backend early. Never leaves this module: callers get the failure as a value.
public final class CallFailed extends Exception {
  private static final long serialVersionUID = 1;

  private final transient TierFailure failure;

  public CallFailed(TierFailure.Kind kind, String detail) {
    super(detail, null, false, false);
    this.failure = new TierFailure(kind, detail);
  }

  public TierFailure failure() {
    return failure;
  }
}
