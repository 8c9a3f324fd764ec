package io.forebay.proxy;

/// Counts fresh hits of one route and status; called on event loops, where it must not wait.
@FunctionalInterface
public interface HitMeter {

  /// One more.
  ///
  /// @param nanos from the request's arrival until its answer was written
  void hit(long nanos, long bodyBytes);
}
