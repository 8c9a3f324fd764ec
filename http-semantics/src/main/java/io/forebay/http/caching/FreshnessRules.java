package io.forebay.http.caching;

import io.forebay.http.HttpDate;
import io.forebay.http.HttpFields;
import io.forebay.http.ResponseHead;
import io.forebay.http.caching.CachePolicy.SMaxage;
import io.forebay.http.caching.ResponseDirectives.Origin;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// Calculates freshness lifetimes for a shared cache (RFC 9111 §4.2.1, §4.2.2) and the windows in
/// which it may serve stale (§4.2.4, RFC 5861).
public final class FreshnessRules {

  private FreshnessRules() {}

  private record Lifetime(Duration span, FreshnessSource source) {
    static final Lifetime NONE = new Lifetime(Duration.ZERO, FreshnessSource.NONE);
  }

  /// @param responseTime when the response was received; stands in for a missing or invalid `Date`
  public static Freshness of(ResponseHead response, CachePolicy policy, Instant responseTime) {
    return of(response, ResponseDirectives.of(response.fields(), policy), policy, responseTime);
  }

  static Freshness of(
      ResponseHead response,
      ResponseDirectives governing,
      CachePolicy policy,
      Instant responseTime) {
    CacheControl directives = governing.directives();
    Lifetime lifetime = lifetime(response, governing, policy, responseTime);
    boolean noCache = isNoCache(directives);
    boolean mustRevalidate = directives.mustRevalidate() || directives.proxyRevalidate();
    boolean hasSMaxage = directives.has("s-maxage");
    StaleWindows.Permission permission =
        noCache || mustRevalidate || (hasSMaxage && policy.sMaxage() == SMaxage.FORBIDS_STALE)
            ? StaleWindows.Permission.NONE
            : hasSMaxage ? StaleWindows.Permission.EXPLICIT : StaleWindows.Permission.ANY;
    StaleWindows windows = StaleWindows.of(permission, directives, response.status(), policy);
    return new Freshness(
        noCache ? Duration.ZERO : shorter(lifetime.span(), policy.maxLifetime()),
        lifetime.source(),
        windows.whileRevalidate().span(),
        windows.whileRevalidate().source(),
        windows.ifError().span(),
        windows.ifError().source(),
        windows.whenDisconnected(),
        mustRevalidate || hasSMaxage,
        noCache);
  }

  /// `no-cache`, or `no-cache` of a field that cannot be left out of a stored response.
  private static boolean isNoCache(CacheControl directives) {
    return directives.noCache()
        || directives.noCacheFields().stream().anyMatch(StoredFields::isIndispensable);
  }

  /// §4.2.1, with the operator's rules around it.
  private static Lifetime lifetime(
      ResponseHead response,
      ResponseDirectives governing,
      CachePolicy policy,
      Instant responseTime) {
    LifetimeRules.Applied applied = policy.lifetimes().forStatus(response.status());
    LifetimeRule rule = applied.rule();
    Lifetime stated = stated(response, governing, responseTime);
    boolean mayBeGiven =
        stated.source() != FreshnessSource.NONE
            || applied.isStated()
            || StatusCodes.isHeuristicallyCacheable(response.status())
            || governing.directives().isPublic();
    if (!mayBeGiven) {
      return Lifetime.NONE;
    }
    if (rule.override().isPresent()) {
      return bounded(new Lifetime(rule.override().get(), FreshnessSource.POLICY_OVERRIDE), rule);
    }
    if (stated.source() != FreshnessSource.NONE) {
      return bounded(stated, rule);
    }
    FreshnessSource source =
        applied.isStated() ? FreshnessSource.POLICY_STATUS : FreshnessSource.POLICY;
    return rule.unstated()
        .map(span -> new Lifetime(span, source))
        .or(() ->
            heuristic(response.fields(), policy, responseTime)
                .map(span -> new Lifetime(span, FreshnessSource.HEURISTIC)))
        .map(lifetime -> bounded(lifetime, rule))
        .orElse(Lifetime.NONE);
  }

  private static Lifetime bounded(Lifetime lifetime, LifetimeRule rule) {
    Lifetime raised =
        rule.minimum()
            .filter(least -> least.compareTo(lifetime.span()) > 0)
            .map(least -> new Lifetime(least, FreshnessSource.POLICY_MINIMUM))
            .orElse(lifetime);
    return rule.maximum()
        .filter(most -> most.compareTo(raised.span()) < 0)
        .map(most -> new Lifetime(most, FreshnessSource.POLICY_MAXIMUM))
        .orElse(raised);
  }

  /// What the response says (§4.2.1), with targeted fields first.
  private static Lifetime stated(
      ResponseHead response, ResponseDirectives governing, Instant responseTime) {
    CacheControl directives = governing.directives();
    Optional<Duration> sMaxage = directives.sMaxage();
    if (sMaxage.isPresent()) {
      return new Lifetime(sMaxage.get(), source(governing, FreshnessSource.S_MAXAGE));
    }
    Optional<Duration> maxAge = directives.maxAge();
    if (maxAge.isPresent()) {
      return new Lifetime(maxAge.get(), source(governing, FreshnessSource.MAX_AGE));
    }
    Optional<String> expires = response.fields().first("Expires");
    if (expires.isPresent() && governing.origin() == Origin.CACHE_CONTROL) {
      Duration span = untilExpiry(expires.get(), response.fields(), responseTime);
      return new Lifetime(span, FreshnessSource.EXPIRES);
    }
    return Lifetime.NONE;
  }

  private static FreshnessSource source(ResponseDirectives governing, FreshnessSource plain) {
    return switch (governing.origin()) {
      case TARGETED -> FreshnessSource.TARGETED;
      case SURROGATE_CONTROL -> FreshnessSource.SURROGATE_CONTROL;
      case CACHE_CONTROL -> plain;
    };
  }

  /// `Expires` minus `Date`; an invalid `Expires`, "0" above all, lies in the past (§5.3).
  private static Duration untilExpiry(String expires, HttpFields fields, Instant responseTime) {
    return HttpDate.parse(expires, responseTime)
        .map(instant -> Duration.between(date(fields, responseTime), instant))
        .map(DeltaSeconds::bounded)
        .orElse(Duration.ZERO);
  }

  /// §4.2.2: a part of the time since the last modification; empty when that is not known.
  private static Optional<Duration> heuristic(
      HttpFields fields, CachePolicy policy, Instant responseTime) {
    if (!policy.heuristics().isOn()) {
      return Optional.empty();
    }
    return fields
        .first("Last-Modified")
        .flatMap(value -> HttpDate.parse(value, responseTime))
        .map(modified -> Duration.between(modified, date(fields, responseTime)))
        .filter(unchangedFor -> !unchangedFor.isNegative())
        .map(
            unchangedFor -> unchangedFor.multipliedBy(policy.heuristics().percent()).dividedBy(100))
        .map(guess -> shorter(DeltaSeconds.bounded(guess), policy.heuristics().max()));
  }

  private static Instant date(HttpFields fields, Instant responseTime) {
    return fields
        .first("Date")
        .flatMap(value -> HttpDate.parse(value, responseTime))
        .orElse(responseTime);
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
