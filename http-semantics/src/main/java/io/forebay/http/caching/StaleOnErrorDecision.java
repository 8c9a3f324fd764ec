package io.forebay.http.caching;

import java.time.Duration;

/// Whether a stale response may stand in for an origin that failed (RFC 9111 §4.2.4, RFC 5861 §4).
public sealed interface StaleOnErrorDecision {

  /// It may.
  record Permitted(Duration age, Duration staleness) implements StaleOnErrorDecision {}

  /// It may not: pass the error on.
  record Forbidden(Reason reason) implements StaleOnErrorDecision {}

  /// How the origin failed.
  enum OriginFailure {
    /// It answered 500, 502, 503 or 504.
    ERROR_RESPONSE,
    /// It could not be reached, broke the connection off, or took too long: the cache is
    /// disconnected.
    UNREACHABLE
  }

  /// Whether a status code is an error that a stale response may cover (RFC 5861 §4).
  static boolean isErrorResponse(int status) {
    return status == 500 || status == 502 || status == 503 || status == 504;
  }

  /// Why a stale response may not be served.
  enum Reason {
    /// `must-revalidate`, `proxy-revalidate` or `s-maxage` (RFC 9111 §5.2.2).
    MUST_REVALIDATE,
    /// The response says `no-cache`.
    RESPONSE_NO_CACHE,
    /// The request insists on validation.
    REQUEST,
    /// It is stale for longer than any window allows.
    TOO_STALE,
    /// Nothing stored fits the request.
    NOTHING_STORED
  }
}
