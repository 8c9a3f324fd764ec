package io.forebay.http.caching;

import io.forebay.http.FieldSyntax;
import io.forebay.http.HttpFields;
import io.forebay.http.RequestHead;
import io.forebay.http.caching.CachePolicy.ClientDirectives;
import io.forebay.http.caching.ReuseDecision.Forward;
import io.forebay.http.caching.ReuseDecision.RefuseOnlyIfCached;
import io.forebay.http.caching.ReuseDecision.ServeFresh;
import io.forebay.http.caching.ReuseDecision.ServeStaleWhileRevalidating;
import io.forebay.http.caching.ReuseDecision.Validate;
import io.forebay.http.caching.ReuseDecision.ValidationReason;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Decides how a request is answered from what is stored (RFC 9111 §4).
public final class ReuseRules {

  private ReuseRules() {}

  /// @param candidates everything stored under the request's [CacheKey], in any order
  public static <C extends StoredCandidate> ReuseDecision<C> decide(
      RequestHead request, List<C> candidates, CachePolicy policy) {
    if (!request.isGet() && !request.isHead()) {
      return new Forward<>(ForwardReason.METHOD);
    }
    CacheControl wishes = wishes(request.fields());
    ReuseDecision<C> decision = decide(request, candidates, wishes, policy);
    if (!wishes.onlyIfCached()) {
      return decision;
    }
    return switch (decision) {
      case ServeFresh<C> _, ServeStaleWhileRevalidating<C> _, RefuseOnlyIfCached<C> _ -> decision;
      case Validate<C> validate -> new RefuseOnlyIfCached<>(validate.reason().forwardReason());
      case Forward<C> forward -> new RefuseOnlyIfCached<>(forward.reason());
    };
  }

  private static <C extends StoredCandidate> ReuseDecision<C> decide(
      RequestHead request, List<C> candidates, CacheControl wishes, CachePolicy policy) {
    if (candidates.isEmpty()) {
      return new Forward<>(ForwardReason.URI_MISS);
    }
    Optional<C> selected = Selection.select(request, candidates);
    if (selected.isPresent()) {
      return assess(selected.get(), wishes, policy);
    }
    boolean isPartial = candidates.stream().anyMatch(c -> Selection.matches(request, c));
    return new Forward<>(isPartial ? ForwardReason.PARTIAL : ForwardReason.VARY_MISS);
  }

  /// The stored response that the request selects (RFC 9111 §4.1), fresh or not.
  public static <C extends StoredCandidate> Optional<C> select(
      RequestHead request, List<C> candidates) {
    return Selection.select(request, candidates);
  }

  /// Whether the fields that the candidate's `Vary` names are in the request what they were (§4.1).
  public static boolean matches(RequestHead request, StoredCandidate candidate) {
    return Selection.matches(request, candidate);
  }

  /// Whether the selected response may be used without validation (§4, last condition).
  private static <C extends StoredCandidate> ReuseDecision<C> assess(
      C candidate, CacheControl wishes, CachePolicy policy) {
    Freshness freshness = candidate.freshness();
    Duration age = candidate.currentAge();
    Duration staleness = staleness(candidate);
    boolean isSoftlyInvalidated = candidate.softInvalidatedFor().isPresent();
    boolean isFresh = freshness.isFreshAt(age) && !isSoftlyInvalidated;

    Optional<ValidationReason> wish = insistence(candidate, isFresh, wishes, policy);
    if (wish.isPresent()) {
      return new Validate<>(candidate, age, staleness, wish.get());
    }
    if (freshness.noCache()) {
      return new Validate<>(candidate, age, staleness, ValidationReason.RESPONSE_NO_CACHE);
    }
    if (isFresh) {
      return new ServeFresh<>(candidate, age, freshness.remainingAt(age));
    }
    if (mayServeStale(freshness, staleness, wishes, policy)) {
      return new ServeStaleWhileRevalidating<>(candidate, age, staleness);
    }
    return new Validate<>(
        candidate,
        age,
        staleness,
        isSoftlyInvalidated ? ValidationReason.SOFTLY_INVALIDATED : ValidationReason.STALE);
  }

  /// What in the request insists on newer content than the candidate (§5.2.1, §5.4).
  private static Optional<ValidationReason> insistence(
      StoredCandidate candidate, boolean isFresh, CacheControl wishes, CachePolicy policy) {
    if (policy.clientDirectives() == ClientDirectives.IGNORE) {
      return Optional.empty();
    }
    if (wishes.has("no-cache")) {
      return Optional.of(ValidationReason.REQUEST_NO_CACHE);
    }
    if (!isFresh) {
      return Optional.empty();
    }
    Duration age = candidate.currentAge();
    Optional<Duration> maxAge = acceptedAge(wishes);
    if (maxAge.isPresent() && (maxAge.get().isZero() || age.compareTo(maxAge.get()) > 0)) {
      return Optional.of(ValidationReason.REQUEST_MAX_AGE);
    }
    Duration remaining = candidate.freshness().remainingAt(age);
    boolean isTooShort =
        wishes.minFresh().filter(wish -> remaining.compareTo(wish) < 0).isPresent();
    return isTooShort ? Optional.of(ValidationReason.REQUEST_MIN_FRESH) : Optional.empty();
  }

  /// The request's `max-age`; with `max-stale` beside it the client takes stale responses, but not
  /// older ones (§5.2.1.1). A malformed one is no wish at all.
  private static Optional<Duration> acceptedAge(CacheControl wishes) {
    return wishes.seconds("max-age");
  }

  /// §4.2.4: the client permits it (§5.2.1.2), or the response does (RFC 5861 §3) and the client
  /// has not asked for something newer.
  private static boolean mayServeStale(
      Freshness freshness, Duration staleness, CacheControl wishes, CachePolicy policy) {
    Optional<Duration> maxStale = wishes.maxStale();
    if (maxStale.isPresent()
        && !freshness.mustRevalidate()
        && staleness.compareTo(maxStale.get()) <= 0) {
      return true;
    }
    boolean wantsFresh =
        policy.clientDirectives() == ClientDirectives.FOLLOW
            && (acceptedAge(wishes).isPresent() || wishes.minFresh().isPresent());
    return !wantsFresh && isWithin(staleness, freshness.staleWhileRevalidate());
  }

  private static boolean isWithin(Duration staleness, Duration window) {
    return !window.isZero() && staleness.compareTo(window) <= 0;
  }

  /// Since it expired or was invalidated softly, whichever is longer ago.
  private static Duration staleness(StoredCandidate candidate) {
    Duration sinceExpiry = candidate.freshness().stalenessAt(candidate.currentAge());
    return candidate
        .softInvalidatedFor()
        .filter(since -> since.compareTo(sinceExpiry) > 0)
        .orElse(sinceExpiry);
  }

  /// `Cache-Control`, or `Pragma: no-cache` when there is none (§5.4).
  private static CacheControl wishes(HttpFields fields) {
    if (fields.contains("Cache-Control")) {
      return CacheControl.of(fields);
    }
    boolean isPragmaNoCache =
        fields.contains("Pragma")
            && FieldSyntax.listMembers(fields, "Pragma").stream()
                .anyMatch("no-cache"::equalsIgnoreCase);
    return isPragmaNoCache
        ? CacheControl.ofField(HttpFields.of("Pragma", "no-cache"), "Pragma")
        : CacheControl.none();
  }

  /// Decides whether `candidate` may be served in place of the origin's failure.
  public static StaleOnErrorDecision staleOnError(
      RequestHead request,
      StoredCandidate candidate,
      StaleOnErrorDecision.OriginFailure failure,
      CachePolicy policy) {
    Freshness freshness = candidate.freshness();
    CacheControl wishes = wishes(request.fields());
    if (freshness.noCache()) {
      return new StaleOnErrorDecision.Forbidden(StaleOnErrorDecision.Reason.RESPONSE_NO_CACHE);
    }
    if (wishes.has("no-cache") && policy.clientDirectives() == ClientDirectives.FOLLOW) {
      return new StaleOnErrorDecision.Forbidden(StaleOnErrorDecision.Reason.REQUEST);
    }
    Duration staleness = staleness(candidate);
    if (staleness.compareTo(errorWindow(freshness, wishes, failure)) <= 0) {
      return new StaleOnErrorDecision.Permitted(candidate.currentAge(), staleness);
    }
    return new StaleOnErrorDecision.Forbidden(
        freshness.mustRevalidate()
            ? StaleOnErrorDecision.Reason.MUST_REVALIDATE
            : StaleOnErrorDecision.Reason.TOO_STALE);
  }

  /// RFC 5861 §4: the response's window or the request's, whichever is longer; the latter cannot
  /// override the origin's prohibition.
  private static Duration errorWindow(
      Freshness freshness, CacheControl wishes, StaleOnErrorDecision.OriginFailure failure) {
    Duration requested =
        freshness.mustRevalidate() ? Duration.ZERO : wishes.staleIfError().orElse(Duration.ZERO);
    Duration granted =
        switch (failure) {
          case ERROR_RESPONSE -> freshness.staleIfError();
          case UNREACHABLE -> longer(freshness.staleIfError(), freshness.staleWhenDisconnected());
        };
    return longer(requested, granted);
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) > 0 ? one : other;
  }
}
