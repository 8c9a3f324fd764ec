package io.forebay.http.caching;

import io.forebay.http.RequestHead;
import io.forebay.http.caching.StaleOnErrorDecision.OriginFailure;
import java.util.List;
import java.util.Optional;

/// Decides how a request is answered from what is stored (RFC 9111 §4).
public final class ReuseRules {

  private ReuseRules() {}

  /// @param candidates everything stored under the request's [CacheKey], in any order
  public static <C extends StoredCandidate> ReuseDecision<C> decide(
      RequestHead request, List<C> candidates, CachePolicy policy) {
    return io.forebay.http.Sketch.notYet("ReuseRules");
  }

  /// The stored response that the request selects (RFC 9111 §4.1), fresh or not.
  public static <C extends StoredCandidate> Optional<C> select(
      RequestHead request, List<C> candidates) {
    return io.forebay.http.Sketch.notYet("ReuseRules");
  }

  /// Decides whether `candidate` may be served in place of the origin's failure.
  public static StaleOnErrorDecision staleOnError(
      RequestHead request, StoredCandidate candidate, OriginFailure failure, CachePolicy policy) {
    return io.forebay.http.Sketch.notYet("ReuseRules");
  }
}
