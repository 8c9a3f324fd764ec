package io.forebay.proxy;

import io.forebay.http.RequestHead;
import io.forebay.http.caching.CacheStatus;
import io.forebay.proxy.origin.OriginError;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// What was answered, for the [ExchangeRecord].
///
/// @param status 0 if no head was sent
/// @param reason may be empty
record Answer(
    int status,
    Optional<CacheStatus> cacheStatus,
    String reason,
    Optional<OriginError> error,
    boolean cutOff) {

  static Answer of(int status, CacheStatus cacheStatus) {
    return new Answer(status, Optional.of(cacheStatus), "", Optional.empty(), false);
  }

  static Answer withoutCache(int status, String reason) {
    return new Answer(status, Optional.empty(), reason, Optional.empty(), false);
  }

  Answer because(String why) {
    return new Answer(status, cacheStatus, why, error, cutOff);
  }

  Answer failed(OriginError originError, String detail) {
    return new Answer(status, cacheStatus, detail, Optional.of(originError), cutOff);
  }

  Answer asCutOff(String why) {
    return new Answer(status, cacheStatus, why, error, true);
  }

  /// What happened in the exchange.
  ///
  /// @param request as it was received
  /// @param peer the client
  /// @param route its name; empty if none matched
  ExchangeRecord record(
      RequestHead request,
      String peer,
      String protocol,
      String route,
      Instant started,
      Duration took,
      long bodyBytes) {
    return new ExchangeRecord(
        started,
        took,
        peer,
        protocol,
        request.method(),
        request.authority(),
        request.target(),
        route,
        status,
        cacheStatus,
        reason,
        error,
        cutOff,
        bodyBytes);
  }
}
