package io.forebay.proxy;

import io.forebay.http.caching.ForwardReason;
import java.util.Optional;

/// Hears of every finished exchange; called on the exchange's thread, must be quick and must not
/// throw. A lambda asks for a record of each, which costs every hit; where nobody listens, [#NONE]
/// does not.
@FunctionalInterface
public interface ExchangeObserver {

  /// Hears of nothing.
  ExchangeObserver NONE =
      new ExchangeObserver() {
        @Override
        public void finished(ExchangeRecord exchange) {}

        @Override
        public Optional<ExchangeMeter> meter(
            String route, Optional<ForwardReason> forwarded, int status) {
          return Optional.of((_, _) -> {});
        }
      };

  void finished(ExchangeRecord exchange);

  /// A meter for exchanges of a route that event loops dealt with: fresh hits, or those that were
  /// passed through. It is told of each in place of [#finished]; empty if a record of each is
  /// wanted, which costs more. Asked once for each route and status.
  ///
  /// @param forwarded why they were passed through; empty for hits
  default Optional<ExchangeMeter> meter(
      String route, Optional<ForwardReason> forwarded, int status) {
    return Optional.empty();
  }
}
