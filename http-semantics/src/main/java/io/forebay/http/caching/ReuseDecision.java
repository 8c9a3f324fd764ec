package io.forebay.http.caching;

import java.time.Duration;

/// How a request is answered, given what is stored (RFC 9111 §4).
///
/// @param <C> the caller's own kind of candidate, handed back
public sealed interface ReuseDecision<C extends StoredCandidate> {

  /// Answer with the candidate, without asking the origin.
  ///
  /// @param age goes into the `Age` field
  /// @param remaining how much longer it is fresh
  record ServeFresh<C extends StoredCandidate>(C candidate, Duration age, Duration remaining)
      implements ReuseDecision<C> {}

  /// Answer with the candidate although it is stale, and refresh it in the background: within its
  /// stale-while-revalidate window (RFC 5861 §3), or the request's `max-stale` (RFC 9111 §5.2.1.2).
  ///
  /// @param staleness how long it has been stale
  record ServeStaleWhileRevalidating<C extends StoredCandidate>(
      C candidate, Duration age, Duration staleness) implements ReuseDecision<C> {}

  /// Ask the origin first whether the candidate is still good ([Validation#conditionalRequest]; the
  /// request is unconditional when the candidate has no validator).
  ///
  /// @param staleness how long it has been stale; zero when it is fresh
  record Validate<C extends StoredCandidate>(
      C candidate, Duration age, Duration staleness, ValidationReason reason)
      implements ReuseDecision<C> {}

  /// Nothing stored can be used.
  record Forward<C extends StoredCandidate>(ForwardReason reason) implements ReuseDecision<C> {}

  /// Answer 504: the request says `only-if-cached` (RFC 9111 §5.2.1.7).
  ///
  /// @param reason why it would have been forwarded
  record RefuseOnlyIfCached<C extends StoredCandidate>(ForwardReason reason)
      implements ReuseDecision<C> {}

  /// Why a stored response has to be validated.
  enum ValidationReason {
    STALE(ForwardReason.STALE, "what is stored is stale"),
    SOFTLY_INVALIDATED(ForwardReason.STALE, "what is stored was marked stale by an invalidation"),
    /// The response says `no-cache`.
    RESPONSE_NO_CACHE(ForwardReason.STALE, "what is stored says no-cache"),
    /// The request says `no-cache`, or `Pragma: no-cache`.
    REQUEST_NO_CACHE(ForwardReason.REQUEST, "the request says no-cache"),
    REQUEST_MAX_AGE(ForwardReason.REQUEST, "what is stored is older than the request accepts"),
    REQUEST_MIN_FRESH(
        ForwardReason.REQUEST, "what is stored stays fresh for less than the request wants");

    private final ForwardReason forwardReason;
    private final String sentence;

    ValidationReason(ForwardReason forwardReason, String sentence) {
      this.forwardReason = forwardReason;
      this.sentence = sentence;
    }

    public ForwardReason forwardReason() {
      return forwardReason;
    }

    /// For people.
    public String sentence() {
      return sentence;
    }
  }
}
