package io.forebay.http.caching;

import io.forebay.http.ResponseHead;
import java.time.Instant;

/// Calculates freshness lifetimes for a shared cache (RFC 9111 §4.2.1, §4.2.2).
public final class FreshnessRules {

  private FreshnessRules() {}

  /// @param responseTime when the response was received; stands in for a missing `Date`
  public static Freshness of(ResponseHead response, CachePolicy policy, Instant responseTime) {
    return io.forebay.http.Sketch.notYet("FreshnessRules");
  }
}
