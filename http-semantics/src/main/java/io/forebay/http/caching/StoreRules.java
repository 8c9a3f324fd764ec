package io.forebay.http.caching;

import io.forebay.http.RequestHead;
import io.forebay.http.ResponseHead;
import java.time.Instant;

/// Decides what a shared cache stores (RFC 9111 §3).
public final class StoreRules {

  private StoreRules() {}

  /// Decides on a complete or still arriving response; one that ends early must be dropped whatever
  /// this said (RFC 9111 §3.3).
  ///
  /// @param request as it was sent to the origin
  /// @param requestTime when it was sent
  /// @param responseTime when the response's head was received
  public static StoreDecision decide(
      RequestHead request,
      ResponseHead response,
      CachePolicy policy,
      Instant requestTime,
      Instant responseTime) {
    return io.forebay.http.Sketch.notYet("StoreRules");
  }
}
