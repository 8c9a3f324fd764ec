package io.forebay.server.predict;

import io.forebay.http.caching.CacheStatus;
import io.forebay.http.caching.ForwardReason;
import io.forebay.proxy.ExchangeMeter;
import io.forebay.proxy.ExchangeObserver;
import io.forebay.proxy.ExchangeRecord;
import java.util.Optional;

/// Lets [ChangeLearning] hear of pages that came from their origins, and passes everything on.
///
/// @param next who is told too
public record PageLearning(ChangeLearning learning, ExchangeObserver next)
    implements ExchangeObserver {

  private static final int NOT_MODIFIED = 304;
  private static final int OK = 200;

  @Override
  public void finished(ExchangeRecord exchange) {
    exchange.cacheStatus().ifPresent(status -> learn(exchange, status));
    next.finished(exchange);
  }

  private void learn(ExchangeRecord exchange, CacheStatus status) {
    if (status.forward().isEmpty() || status.forwardStatus().isEmpty() || status.collapsed()) {
      return;
    }
    int origin = status.forwardStatus().getAsInt();
    if (origin == NOT_MODIFIED || (origin == OK && status.stored())) {
      learning.fetched(exchange.authority() + exchange.target(), origin == NOT_MODIFIED);
    }
  }

  /// What a meter counts was neither stored nor confirmed.
  @Override
  public Optional<ExchangeMeter> meter(
      String route, Optional<ForwardReason> forwarded, int status) {
    return next.meter(route, forwarded, status);
  }
}
