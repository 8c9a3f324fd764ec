package io.forebay.cache.tier;

/// Hears of every call that a tier makes: for metrics. Never waits.
public interface TierObserver {

  /// Hears nothing.
  TierObserver NONE =
      new TierObserver() {
        @Override
        public void answered(Operation operation, long nanos) {}

        @Override
        public void failed(Operation operation, TierFailure.Kind kind, long nanos) {}
      };

  /// What a call does.
  enum Operation {
    READ,
    BEGIN_FILL,
    FILL,
    WRITE,
    REMOVE
  }

  void answered(Operation operation, long nanos);

  void failed(Operation operation, TierFailure.Kind kind, long nanos);
}
