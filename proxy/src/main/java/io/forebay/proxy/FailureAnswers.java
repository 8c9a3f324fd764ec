package io.forebay.proxy;

import io.forebay.http.ResponseHead;
import io.forebay.http.caching.CacheStatus;
import io.forebay.http.caching.ReuseRules;
import io.forebay.http.caching.StaleOnErrorDecision;
import io.forebay.http.caching.StaleOnErrorDecision.OriginFailure;
import io.forebay.proxy.body.SharedBody;
import io.forebay.proxy.origin.Errand;
import io.forebay.proxy.origin.OriginError;
import io.forebay.proxy.origin.OriginOutcome;
import io.forebay.proxy.pages.StoredCandidatePage;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/// Answers when the origin failed: something stale where that is allowed (RFC 9111 §4.2.4, RFC 5861
/// §4), else an error.
final class FailureAnswers {

  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private FailureAnswers() {}

  /// Something stale in place of an error response; empty when the response is none, or nothing
  /// stale may stand in for it.
  static Optional<Answer> staleInsteadOf(Need need, ResponseHead head) throws IOException {
    return StaleOnErrorDecision.isErrorResponse(head.status())
        ? stale(
            need, OriginFailure.ERROR_RESPONSE, need.forwarded().withForwardStatus(head.status()))
        : Optional.empty();
  }

  /// For a request that waited for another's fetch, when that brought an error: the origin is not
  /// asked again by each who waited.
  ///
  /// What is stale stands in for it as for the leader's. Else 502, 503 and 504, which speak of the
  /// server and not of the request, are answered by an error of our own: the origin's is not
  /// storable and must not be reused (RFC 9111 §4). A 500 may have been the leader's alone.
  static Optional<Answer> insteadOfAsking(Need need, ResponseHead head) throws IOException {
    Optional<Answer> stale = staleInsteadOf(need, head);
    if (stale.isPresent()) {
      return stale;
    }
    return switch (head.status()) {
      case 502, 503, 504 -> {
        String why =
            "the origin answered " + head.status() + " to a request that this one waited for";
        yield Optional.of(
            Delivery.problem(
                    need.client(),
                    head.status(),
                    why,
                    Optional.of(need.forwarded().withForwardStatus(head.status()).asCollapsed()),
                    Optional.of(Delivery.receivedStatus(head.status())))
                .because(why));
      }
      default -> Optional.empty();
    };
  }

  /// No response came.
  static Answer failed(Need need, OriginOutcome.Failed failure) throws IOException {
    Optional<Answer> stale = stale(need, failure.error().failure(), need.forwarded());
    if (stale.isPresent()) {
      return stale.get().failed(failure.error(), failure.detail());
    }
    return Delivery.problem(
            need.client(),
            failure.error().status(),
            failure.error().sentence(),
            Optional.of(need.forwarded()),
            Optional.of(Delivery.proxyStatus(failure.error().token())),
            failure.error().retryAfter())
        .failed(failure.error(), failure.detail());
  }

  /// Something stale in place of a response whose body breaks off; empty if it does not, or nothing
  /// stale may stand in for it.
  ///
  /// Where something stale could, the head is held back until the body is whole, so that the client
  /// does not get half a page; but for no longer than `PATIENCE`, and only while the body is kept.
  static Optional<Answer> ifBrokenOff(Need need, SharedBody body) throws IOException {
    if (permitted(need, OriginFailure.UNREACHABLE).isEmpty()) {
      return Optional.empty();
    }
    try {
      if (body.awaitWhole(PATIENCE) != SharedBody.Progress.BROKEN) {
        return Optional.empty();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for the body", e);
    }
    return stale(need, OriginFailure.UNREACHABLE, need.forwarded())
        .map(answer ->
            answer.failed(
                OriginError.CONNECTION_TERMINATED, "the body of the origin's answer broke off"));
  }

  /// What the client gets if the origin is not asked.
  static Errand.Cover cover(Need need) {
    if (permitted(need, OriginFailure.ERROR_RESPONSE).isPresent()) {
      return Errand.Cover.ALWAYS;
    }
    return permitted(need, OriginFailure.UNREACHABLE).isPresent()
        ? Errand.Cover.WHEN_UNREACHABLE
        : Errand.Cover.NONE;
  }

  private static Optional<Answer> stale(Need need, OriginFailure failure, CacheStatus status)
      throws IOException {
    Optional<StandIn> standIn = permitted(need, failure);
    if (standIn.isEmpty()) {
      return Optional.empty();
    }
    CacheStatus served =
        status.withTtl(standIn.get().staleness().negated()).withDetail("stale-if-error");
    return Optional.of(Delivery.stored(need.client(), standIn.get().page(), served));
  }

  private record StandIn(StoredCandidatePage page, Duration staleness) {}

  private static Optional<StandIn> permitted(Need need, OriginFailure failure) {
    for (StoredCandidatePage page : need.stale()) {
      switch (ReuseRules.staleOnError(need.request(), page, failure, need.route().policy())) {
        case StaleOnErrorDecision.Permitted(var _, var staleness) -> {
          return Optional.of(new StandIn(page, staleness));
        }
        case StaleOnErrorDecision.Forbidden _ -> {}
      }
    }
    return Optional.empty();
  }
}
