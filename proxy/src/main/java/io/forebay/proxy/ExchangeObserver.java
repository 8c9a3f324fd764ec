package io.forebay.proxy;

import java.util.Optional;

/// Hears of every finished exchange; called on the exchange's thread, must be quick and must not
/// throw.
@FunctionalInterface
public interface ExchangeObserver {

  /// Hears of nothing.
  ExchangeObserver NONE =
      new ExchangeObserver() {
        @Override
        public void finished(ExchangeRecord exchange) {}

        @Override
        public Optional<HitMeter> hitMeter(String route, int status) {
          return Optional.of((_, _) -> {});
        }
      };

  void finished(ExchangeRecord exchange);

  /// A meter for fresh hits of a route, told of each in place of [#finished]; empty if a record of
  /// each is wanted, which costs more. Asked once for each route and status.
  default Optional<HitMeter> hitMeter(String route, int status) {
    return Optional.empty();
  }
}
