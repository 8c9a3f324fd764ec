package io.forebay.proxy;

/// Counts exchanges of one kind that went as usual ([ExchangeObserver#meter]); called on event
/// loops, where it must not wait.
@FunctionalInterface
public interface ExchangeMeter {

  /// One more.
  ///
  /// @param nanos from the request's arrival until its answer was written
  void count(long nanos, long bodyBytes);
}
