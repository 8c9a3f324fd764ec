package io.forebay.proxy;

import io.forebay.http.HttpFields;
import io.forebay.http.RequestHead;
import io.forebay.http.caching.KeyDerivation;
import io.forebay.http.caching.StaleOnErrorDecision;
import io.forebay.proxy.fetch.FetchReport;
import io.forebay.proxy.pages.PageMark;
import io.forebay.proxy.pages.StoredCandidatePage;
import io.forebay.proxy.route.Route;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What would be done with a request at one moment, and everything that the decision was made from.
///
/// @param route empty when none takes the request
/// @param key empty when the store has no part in it
/// @param varies the `Vary` fields seen of the URL, newest first
/// @param stored every stored response that shares the key and may concern the request
/// @param collapsing empty when the request would not go to the origin
/// @param invalidation the newest that covers the page, as far as the engine still knows
/// @param lastFetch the newest fetch for the key, as far as it is remembered
public record Explanation(
    Instant at,
    RequestHead request,
    Optional<Route> route,
    Optional<KeyDerivation> key,
    Decision decision,
    List<HttpFields> varies,
    List<Stored> stored,
    Optional<Collapsing> collapsing,
    Optional<PageMark> invalidation,
    Optional<FetchReport> lastFetch) {

  /// @param action what is done
  /// @param reason a stable name in snake_case
  /// @param sentence the reason, for people
  /// @param status of the answer, where it is known before it is made
  /// @param cacheStatus how the `Cache-Status` field would begin; empty where it has no member of
  ///   ours
  public record Decision(
      Action action,
      String reason,
      String sentence,
      Optional<Integer> status,
      Optional<String> cacheStatus) {}

  /// What is done with the request.
  public enum Action {
    SERVE_FRESH,
    SERVE_STALE_WHILE_REVALIDATING,
    VALIDATE,
    FORWARD,
    /// Passed on, whatever is stored.
    PASS_ON,
    /// Carried out as an order to the cache itself, if the client may give it.
    PURGE,
    REFUSE
  }

  /// One stored response.
  ///
  /// @param isSelected whether the decision is about this one
  /// @param matches whether its `Vary` lets it answer the request
  /// @param receivedAt when it came, or was confirmed last
  /// @param isFresh whether its lifetime is longer than its age, and nothing made it stale
  /// @param onErrorResponse whether it would stand in for an error of the origin's
  /// @param onUnreachable whether it would stand in for an origin that cannot be reached
  public record Stored(
      StoredCandidatePage page,
      boolean isSelected,
      boolean matches,
      Instant receivedAt,
      boolean isFresh,
      Duration staleness,
      StaleOnErrorDecision onErrorResponse,
      StaleOnErrorDecision onUnreachable) {}

  /// How the request would go to the origin.
  ///
  /// @param isAllowed whether it could share a fetch with others
  /// @param isUncollapsible whether responses of the URL proved unshareable lately
  /// @param wouldJoin whether a fetch that it would wait for is under way
  public record Collapsing(boolean isAllowed, boolean isUncollapsible, boolean wouldJoin) {}
}
