package io.forebay.proxy;

/// Hears of every finished exchange; called on the exchange's thread, must be quick and must not
/// throw.
@FunctionalInterface
public interface ExchangeObserver {
  void finished(ExchangeRecord exchange);
}
