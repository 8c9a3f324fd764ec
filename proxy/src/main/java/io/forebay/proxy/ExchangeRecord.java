package io.forebay.proxy;

import io.forebay.http.caching.CacheStatus;
import io.forebay.proxy.origin.OriginError;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// What happened in one exchange: what the log, the metrics and explanations are made of.
///
/// @param route its name; empty if none matched
/// @param target path and query as received
/// @param status the response's; 0 if none was sent
/// @param cacheStatus as the client got it; empty if the cache had no say
/// @param reason why it was not stored or how it failed, for people; may be empty
/// @param error how the origin failed
/// @param cutOff whether the response could not be brought to its end
public record ExchangeRecord(
    Instant started,
    Duration duration,
    String peer,
    String protocol,
    String method,
    String authority,
    String target,
    String route,
    int status,
    Optional<CacheStatus> cacheStatus,
    String reason,
    Optional<OriginError> error,
    boolean cutOff,
    long bodyBytes) {}
