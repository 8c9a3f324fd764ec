package io.forebay.proxy;

import static io.forebay.proxy.ForwardedRequest.PSEUDONYM;

import io.forebay.cache.TimeSource;
import io.forebay.http.RequestHead;
import io.forebay.http.caching.CacheKey;
import io.forebay.http.caching.CacheStatus;
import io.forebay.http.caching.ForwardReason;
import io.forebay.http.caching.KeyDerivation;
import io.forebay.http.caching.ReuseDecision;
import io.forebay.http.caching.ReuseRules;
import io.forebay.http.caching.StaleOnErrorDecision.OriginFailure;
import io.forebay.proxy.Explanation.Action;
import io.forebay.proxy.Explanation.Collapsing;
import io.forebay.proxy.Explanation.Decision;
import io.forebay.proxy.Explanation.Stored;
import io.forebay.proxy.fetch.FetchReport;
import io.forebay.proxy.fetch.Flights;
import io.forebay.proxy.fetch.RecentFetches;
import io.forebay.proxy.origin.OriginError;
import io.forebay.proxy.pages.PageMark;
import io.forebay.proxy.pages.PageStore;
import io.forebay.proxy.pages.StoredCandidatePage;
import io.forebay.proxy.route.Route;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Says what would be done with a request now, and why: the same [Planner] decides as for a real
/// exchange. Nothing is done, and nothing shows that it was asked: no read is counted, no load
/// begins, the eviction policy hears nothing.
final class Explainer {

  private final Planner planner;
  private final PageStore pages;
  private final Flights flights;
  private final OriginAnswers origin;
  private final RecentFetches recent;
  private final TimeSource time;

  Explainer(
      Planner planner,
      PageStore pages,
      Flights flights,
      OriginAnswers origin,
      RecentFetches recent,
      TimeSource time) {
    this.planner = planner;
    this.pages = pages;
    this.flights = flights;
    this.origin = origin;
    this.recent = recent;
    this.time = time;
  }

  /// @param request its target may have a fragment, which a real one has not
  /// @param word whose word on the client counts
  Explanation explain(RequestHead request, Sender.Word word, String protocol, boolean hasContent) {
    Plan plan = plan(request, word, protocol, hasContent);
    if (request.scheme().equals("https") && !isStored(plan)) {
      // What stands before this proxy may speak TLS for it: then clients know as https:// what it
      // knows as http://.
      RequestHead plain =
          new RequestHead(
              request.method(), "http", request.authority(), request.target(), request.fields());
      Plan other = plan(plain, word, protocol, hasContent);
      if (isStored(other)) {
        return explain(request, plain, hasContent, other);
      }
    }
    return explain(request, request, hasContent, plan);
  }

  private Explanation explain(
      RequestHead request, RequestHead received, boolean hasContent, Plan plan) {
    RequestHead sent = withoutFragment(received);
    return switch (plan) {
      case Plan.Refuse refuse -> refused(sent, refuse);
      case Plan.Purge() -> purge(sent);
      case Plan.PassOn pass ->
          passedOn(sent, derivation(request, received, pass.request(), pass.taken()), pass);
      case Plan.UseStore use ->
          fromStore(
              sent, hasContent, derivation(request, received, use.request(), use.taken()), use);
    };
  }

  private static RequestHead withoutFragment(RequestHead request) {
    return request.withTarget(request.target().split("#", 2)[0]);
  }

  private Plan plan(RequestHead received, Sender.Word word, String protocol, boolean hasContent) {
    return planner.plan(withoutFragment(received), word, protocol, hasContent, pages::glance);
  }

  private static boolean isStored(Plan plan) {
    return plan instanceof Plan.UseStore use
        && !(use.stored().pages().isEmpty() && use.stored().varies().isEmpty());
  }

  private static KeyDerivation derivation(
      RequestHead asked, RequestHead received, RequestHead decided, Route route) {
    KeyDerivation derived = KeyDerivation.of(received, decided, route.rules().key());
    if (asked.scheme().equals(received.scheme())) {
      return derived;
    }
    List<KeyDerivation.Change> changes = new ArrayList<>();
    changes.add(
        new KeyDerivation.Change(
            "scheme", asked.scheme(), received.scheme(), "it is stored as it came, without TLS"));
    changes.addAll(derived.changes());
    return new KeyDerivation(derived.key(), changes);
  }

  private Explanation refused(RequestHead request, Plan.Refuse refuse) {
    String reason =
        refuse
            .error()
            .map(OriginError::token)
            .orElseGet(() ->
                switch (refuse.status()) {
                  case 400 -> "malformed_request";
                  case 404 -> "no_route";
                  default -> "not_implemented";
                });
    return new Explanation(
        time.now(),
        request,
        refuse.route(),
        Optional.empty(),
        new Decision(
            Action.REFUSE, reason, refuse.why(), Optional.of(refuse.status()), Optional.empty()),
        List.of(),
        List.of(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private Explanation purge(RequestHead request) {
    return new Explanation(
        time.now(),
        request,
        Optional.empty(),
        Optional.empty(),
        new Decision(
            Action.PURGE,
            "purge_order",
            "an order to the cache itself: carried out for clients that may purge, else refused"
                + " with 405; no origin is asked",
            Optional.empty(),
            Optional.empty()),
        List.of(),
        List.of(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private Explanation passedOn(RequestHead request, KeyDerivation key, Plan.PassOn pass) {
    return new Explanation(
        time.now(),
        request,
        pass.route(),
        Optional.of(key),
        new Decision(
            Action.PASS_ON,
            name(pass.reason()),
            pass.why(),
            Optional.empty(),
            Optional.of(CacheStatus.forwarded(PSEUDONYM, pass.reason()).fieldValue())),
        List.of(),
        List.of(),
        Optional.of(new Collapsing(false, pages.isUncollapsible(key.key()), false)),
        mark(key.key(), List.of()),
        recent.of(key.key().text()));
  }

  private Explanation fromStore(
      RequestHead request, boolean hasContent, KeyDerivation key, Plan.UseStore use) {
    Decision decision = decision(use);
    List<Stored> stored = new ArrayList<>();
    for (StoredCandidatePage page : use.stored().pages()) {
      stored.add(stored(use, page));
    }
    boolean asksOrigin =
        switch (decision.action()) {
          case SERVE_STALE_WHILE_REVALIDATING, VALIDATE, FORWARD -> true;
          case SERVE_FRESH, PASS_ON, PURGE, REFUSE -> false;
        };
    return new Explanation(
        time.now(),
        request,
        use.route(),
        Optional.of(key),
        decision,
        use.stored().varies(),
        stored,
        asksOrigin ? Optional.of(collapsing(hasContent, use)) : Optional.empty(),
        mark(use.key(), use.stored().pages()),
        recent.of(use.key().text()));
  }

  private static Decision decision(Plan.UseStore use) {
    return switch (use.decision()) {
      case ReuseDecision.ServeFresh<StoredCandidatePage>(var _, var _, var remaining) ->
          new Decision(
              Action.SERVE_FRESH,
              "fresh",
              "what is stored is fresh",
              Optional.empty(),
              Optional.of(CacheStatus.hit(PSEUDONYM, remaining).fieldValue()));
      case ReuseDecision.ServeStaleWhileRevalidating<StoredCandidatePage>(
              var _,
              var _,
              var staleness) ->
          new Decision(
              Action.SERVE_STALE_WHILE_REVALIDATING,
              "stale_within_window",
              "what is stored is stale, but may be served while it is refreshed",
              Optional.empty(),
              Optional.of(CacheStatus.hit(PSEUDONYM, staleness.negated()).fieldValue()));
      case ReuseDecision.Validate<StoredCandidatePage>(var _, var _, var _, var reason) ->
          new Decision(
              Action.VALIDATE,
              name(reason),
              reason.sentence(),
              Optional.empty(),
              Optional.of(CacheStatus.forwarded(PSEUDONYM, reason.forwardReason()).fieldValue()));
      case ReuseDecision.Forward<StoredCandidatePage>(var reason) ->
          forward(Action.FORWARD, use.missReason(reason), Optional.empty());
      case ReuseDecision.RefuseOnlyIfCached<StoredCandidatePage>(var reason) ->
          forward(Action.REFUSE, use.missReason(reason), Optional.of(504));
    };
  }

  private static Decision forward(Action action, ForwardReason reason, Optional<Integer> status) {
    String sentence = reason.sentence();
    return new Decision(
        action,
        status.isPresent() ? "only_if_cached" : name(reason),
        status.isPresent() ? "the request allows only what is cached, and " + sentence : sentence,
        status,
        Optional.of(CacheStatus.forwarded(PSEUDONYM, reason).fieldValue()));
  }

  private Stored stored(Plan.UseStore use, StoredCandidatePage page) {
    RequestHead request = use.request();
    boolean isSelected =
        switch (use.decision()) {
          case ReuseDecision.ServeFresh<StoredCandidatePage>(var chosen, var _, var _) ->
              chosen.equals(page);
          case ReuseDecision.ServeStaleWhileRevalidating<StoredCandidatePage>(
                  var chosen,
                  var _,
                  var _) ->
              chosen.equals(page);
          case ReuseDecision.Validate<StoredCandidatePage>(var chosen, var _, var _, var _) ->
              chosen.equals(page);
          case ReuseDecision.Forward<StoredCandidatePage> _,
              ReuseDecision.RefuseOnlyIfCached<StoredCandidatePage> _ ->
              false;
        };
    Duration resident = page.currentAge().minus(page.page().initialAge());
    return new Stored(
        page,
        isSelected,
        ReuseRules.matches(request, page),
        time.now().minus(resident),
        page.freshness().isFreshAt(page.currentAge()) && !page.softInvalidated(),
        page.freshness().stalenessAt(page.currentAge()),
        ReuseRules.staleOnError(request, page, OriginFailure.ERROR_RESPONSE, use.taken().policy()),
        ReuseRules.staleOnError(request, page, OriginFailure.UNREACHABLE, use.taken().policy()));
  }

  private Collapsing collapsing(boolean hasContent, Plan.UseStore use) {
    boolean isAllowed = origin.isCollapsible(use.request(), hasContent, use.key());
    return new Collapsing(
        isAllowed,
        pages.isUncollapsible(use.key()),
        isAllowed && flights.isUnderWay(use.key(), use.stored().variant()));
  }

  /// By the tags of what is stored, or else of what was fetched last: a page that an invalidation
  /// removed is not there to ask.
  private Optional<PageMark> mark(CacheKey key, List<StoredCandidatePage> stored) {
    List<String> tags = new ArrayList<>();
    stored.forEach(page -> tags.addAll(page.tags()));
    if (stored.isEmpty()) {
      recent.of(key.text()).map(FetchReport::tags).ifPresent(tags::addAll);
    }
    return pages.newestMark(key, tags);
  }

  private static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
