package io.forebay.http.caching;

import io.forebay.http.HttpFields;
import io.forebay.http.RequestHead;
import io.forebay.http.ResponseHead;
import io.forebay.http.TargetUri;
import io.forebay.http.caching.CachePolicy.ClientDirectives;
import io.forebay.http.caching.ResponseDirectives.Origin;
import io.forebay.http.caching.StoreDecision.DoNotStore;
import io.forebay.http.caching.StoreDecision.Reason;
import io.forebay.http.caching.StoreDecision.Store;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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
    ResponseHead dated = response.withDate(responseTime);
    Duration initialAge = Age.correctedInitial(dated.fields(), requestTime, responseTime);
    return decide(request, dated, initialAge, policy, responseTime);
  }

  /// Decides anew on a stored response that a 304 confirmed (§4.3.4): its fields are updated, its
  /// age is the 304's. When the answer is [DoNotStore], the stored response must be removed.
  ///
  /// A 200 to HEAD that confirms the stored response ([Validation#byHead]) updates it in the same
  /// way (§4.3.5).
  ///
  /// @param stored the head as it was stored
  public static StoreDecision decideFreshened(
      RequestHead request,
      ResponseHead stored,
      ResponseHead notModified,
      CachePolicy policy,
      Instant requestTime,
      Instant responseTime) {
    ResponseHead dated = notModified.withDate(responseTime);
    Duration initialAge = Age.correctedInitial(dated.fields(), requestTime, responseTime);
    ResponseHead freshened = Validation.freshened(stored, dated);
    // What is stored answers GET, also when it was HEAD that asked for the validation.
    RequestHead get = request.isHead() ? request.withMethod("GET") : request;
    return decide(get, freshened, initialAge, policy, responseTime);
  }

  /// Decides on what a part that arrived makes together with a stored one (§3.4); its age is the
  /// arrived part's.
  ///
  /// @param combined of [PartialContent#combine]
  public static StoreDecision decideCombined(
      RequestHead request,
      ResponseHead combined,
      ResponseHead arrived,
      CachePolicy policy,
      Instant requestTime,
      Instant responseTime) {
    HttpFields dated = arrived.withDate(responseTime).fields();
    Duration initialAge = Age.correctedInitial(dated, requestTime, responseTime);
    return decide(request, combined.withDate(responseTime), initialAge, policy, responseTime);
  }

  private static StoreDecision decide(
      RequestHead request,
      ResponseHead response,
      Duration initialAge,
      CachePolicy routePolicy,
      Instant responseTime) {
    CachePolicy policy = routePolicy.forTarget(request.target());
    ResponseDirectives governing = ResponseDirectives.of(response.fields(), policy);
    Optional<Reason> forbidden =
        forbiddenByMessage(request, response, governing)
            .or(() -> forbiddenByDirectives(request, response, governing.directives(), policy))
            .or(() -> forbiddenByFields(request, response, governing, policy));
    if (forbidden.isPresent()) {
      return doNotStore(forbidden.get(), request, response, policy);
    }
    Freshness freshness = FreshnessRules.of(response, governing, policy, responseTime);
    Optional<Reason> useless = useless(response, governing, freshness, initialAge, policy);
    if (useless.isPresent()) {
      return doNotStore(useless.get(), request, response, policy);
    }
    List<String> stripped = strippedFields(governing.directives(), response, policy);
    return new Store(
        response.withFields(StoredFields.of(response.fields(), stripped)),
        freshness,
        initialAge,
        keepStale(response, freshness, policy),
        stripped);
  }

  /// Method and status code.
  private static Optional<Reason> forbiddenByMessage(
      RequestHead request, ResponseHead response, ResponseDirectives governing) {
    if (!response.isFinal()) {
      return Optional.of(Reason.NOT_FINAL);
    }
    if (!request.isGet() && !isReadableByGet(request, response, governing)) {
      return Optional.of(Reason.METHOD);
    }
    return switch (response.status()) {
      case 206 ->
          request.isGet() && PartialContent.partOf(response).isPresent()
              ? Optional.empty()
              : Optional.of(Reason.PARTIAL_CONTENT);
      case 304 -> Optional.of(Reason.NOT_MODIFIED);
      case 412 -> Optional.of(Reason.CONDITIONAL_REQUEST);
      case 416 -> Optional.of(Reason.RANGE_REQUEST);
      default -> Optional.empty();
    };
  }

  /// A POST response that is what GET on the same target would answer: a 2xx with explicit
  /// freshness and a `Content-Location` of the target (RFC 9110 §9.3.3).
  private static boolean isReadableByGet(
      RequestHead request, ResponseHead response, ResponseDirectives governing) {
    if (!request.method().equals("POST") || response.status() / 100 != 2) {
      return false;
    }
    CacheControl directives = governing.directives();
    boolean hasExpires =
        governing.origin() == Origin.CACHE_CONTROL && response.fields().contains("Expires");
    boolean isExplicit = directives.has("max-age") || directives.has("s-maxage") || hasExpires;
    TargetUri target = TargetUri.of(request);
    return isExplicit
        && response
            .fields()
            .first("Content-Location")
            .flatMap(target::resolve)
            .filter(location -> location.equals(target))
            .isPresent();
  }

  /// `must-understand`, `no-store`, `private`, `Authorization` (§3, §3.5, §5.2.2.3).
  private static Optional<Reason> forbiddenByDirectives(
      RequestHead request, ResponseHead response, CacheControl directives, CachePolicy policy) {
    boolean isUnderstood = StatusCodes.isUnderstood(response.status());
    if (directives.mustUnderstand() && !isUnderstood) {
      return Optional.of(Reason.STATUS_NOT_UNDERSTOOD);
    }
    if (directives.noStore() && !directives.mustUnderstand()) {
      return Optional.of(Reason.NO_STORE);
    }
    if (directives.isPrivate()
        || directives.privateFields().stream().anyMatch(StoredFields::isIndispensable)) {
      return Optional.of(Reason.PRIVATE);
    }
    if (policy.clientDirectives() == ClientDirectives.FOLLOW
        && CacheControl.of(request.fields()).noStore()) {
      return Optional.of(Reason.REQUEST_NO_STORE);
    }
    boolean allowsSharing =
        directives.isPublic() || directives.mustRevalidate() || directives.has("s-maxage");
    if (request.fields().contains("Authorization") && !allowsSharing) {
      return Optional.of(Reason.AUTHORIZATION);
    }
    return Optional.empty();
  }

  /// `Set-Cookie` (§7.3), `Vary: *` (§4.1), and a type that the path contradicts.
  private static Optional<Reason> forbiddenByFields(
      RequestHead request,
      ResponseHead response,
      ResponseDirectives governing,
      CachePolicy policy) {
    if (setsCookie(response.fields()) && !mayStoreWithCookie(governing, policy)) {
      return Optional.of(Reason.SET_COOKIE);
    }
    if (VariantKey.matchesNothing(response.fields())) {
      return Optional.of(Reason.VARY_ALL);
    }
    if (policy.guards().staticSuffix() && StaticSuffix.contradicts(request.target(), response)) {
      return Optional.of(Reason.CONTENT_TYPE);
    }
    return Optional.empty();
  }

  private static boolean setsCookie(HttpFields fields) {
    return fields.contains("Set-Cookie") || fields.contains("Set-Cookie2");
  }

  private static boolean mayStoreWithCookie(ResponseDirectives governing, CachePolicy policy) {
    CacheControl directives = governing.directives();
    return switch (policy.setCookie()) {
      case STORE, STORE_WITHOUT, STRIP -> true;
      case DO_NOT_STORE -> isWithoutCookie(directives);
      case STORE_IF_MARKED_SHARED ->
          isWithoutCookie(directives)
              || directives.isPublic()
              || directives.has("s-maxage")
              || governing.origin() != Origin.CACHE_CONTROL;
    };
  }

  /// The origin itself says that the cookie is not to be stored.
  private static boolean isWithoutCookie(CacheControl directives) {
    return directives.privateFields().contains("set-cookie")
        || directives.noCacheFields().contains("set-cookie");
  }

  /// §3, last condition; and what could never be served again.
  private static Optional<Reason> useless(
      ResponseHead response,
      ResponseDirectives governing,
      Freshness freshness,
      Duration initialAge,
      CachePolicy policy) {
    CacheControl directives = governing.directives();
    boolean isAllowed =
        freshness.source() != FreshnessSource.NONE
            || directives.isPublic()
            || StatusCodes.isHeuristicallyCacheable(response.status());
    if (!isAllowed) {
      return Optional.of(Reason.NO_FRESHNESS);
    }
    if (freshness.isFreshAt(initialAge) || Validation.hasValidator(response)) {
      return Optional.empty();
    }
    boolean isGrantedStale =
        directives.staleWhileRevalidate().isPresent()
            || directives.staleIfError().isPresent()
            || policy.staleRules().grant(response.status());
    if (isGrantedStale && !freshness.longestStaleWindow().isZero()) {
      return Optional.empty();
    }
    return Optional.of(
        freshness.source() == FreshnessSource.NONE ? Reason.NO_FRESHNESS : Reason.NOTHING_TO_REUSE);
  }

  /// `private="…"` must not be stored (§5.2.2.7); `no-cache="…"` must not be sent without
  /// validation (§5.2.2.4), and what is not stored is not.
  private static List<String> strippedFields(
      CacheControl directives, ResponseHead response, CachePolicy policy) {
    List<String> names = new ArrayList<>(directives.privateFields());
    if (!directives.noCache()) {
      names.addAll(directives.noCacheFields());
    }
    names.removeIf(StoredFields::isIndispensable);
    if (policy.setCookie().leavesOutCookies()) {
      names.add("set-cookie");
      names.add("set-cookie2");
    }
    return names.stream().distinct().filter(response.fields()::contains).toList();
  }

  private static Duration keepStale(
      ResponseHead response, Freshness freshness, CachePolicy policy) {
    Duration windows = freshness.longestStaleWindow();
    Duration validation =
        Validation.hasValidator(response) ? policy.keepForValidation() : Duration.ZERO;
    return DeltaSeconds.bounded(windows.compareTo(validation) > 0 ? windows : validation);
  }

  private static DoNotStore doNotStore(
      Reason reason, RequestHead request, ResponseHead response, CachePolicy policy) {
    return new DoNotStore(
        reason,
        reason.isOfResource() && provesUnshareable(request, response)
            ? policy.doNotCollapseFor()
            : Duration.ZERO);
  }

  /// Whether a response that turned out not to be for others says that the next ones of its key
  /// won't be either, so that nobody should wait for them.
  ///
  /// It does not if one client can provoke it by its own fields: that client could send everybody
  /// to the origin when a page's time is over. So no 4xx that speaks of the request (400, 406, 413,
  /// 429, 431, …), nothing that was asked with `Authorization`, which is never collapsed and is
  /// answered for those credentials; and no 5xx, which soon is another. 401 and 403 count: a page
  /// that is refused to all is one that nobody should wait for.
  public static boolean provesUnshareable(RequestHead request, ResponseHead response) {
    return StatusCodes.isOfTarget(response.status()) && !request.fields().contains("Authorization");
  }
}
