package io.forebay.http.caching;

import io.forebay.http.RequestForm;
import java.time.Duration;
import java.util.List;

/// An operator's choices, where RFC 9111 leaves any. Immutable; start from [#defaults] and change
/// with [#toBuilder].
///
/// @param targetedFields targeted cache control fields by preference (RFC 9213 §2.2)
/// @param surrogateControl whether `Surrogate-Control` is heeded, after the targeted fields
/// @param lifetimes the operator's say in lifetimes; a storable response that says nothing, and for
///   which there is neither a rule nor a guess, is not fresh at all
/// @param heuristics how to guess a lifetime (RFC 9111 §4.2.2)
/// @param setCookie what becomes of responses that set a cookie
/// @param staleWhileRevalidate the window where the response does not say (RFC 5861 §3)
/// @param staleIfError the window where the response does not say (RFC 5861 §4)
/// @param staleWhenDisconnected how stale a response may be served when the origin cannot be
///   reached and neither a directive nor its `stale-if-error` says otherwise (RFC 9111 §4.2.4)
/// @param staleRules the operator's say in the first two windows, before these
/// @param sMaxage whether `s-maxage` forbids the stale windows that stand beside it
/// @param maxLifetime longer lifetimes are cut to this
/// @param keepForValidation how long a stale response with a validator is worth keeping
/// @param doNotCollapseFor for how long requests for a resource that proved unshareable are not
///   collapsed (known elsewhere as hit-for-miss)
/// @param clientDirectives whether a request's wishes for newer content are followed
/// @param guards against responses that are stored for another request than the origin thinks
public record CachePolicy(
    List<String> targetedFields,
    boolean surrogateControl,
    LifetimeRules lifetimes,
    Heuristics heuristics,
    SetCookie setCookie,
    Duration staleWhileRevalidate,
    Duration staleIfError,
    Duration staleWhenDisconnected,
    StaleRules staleRules,
    SMaxage sMaxage,
    Duration maxLifetime,
    Duration keepForValidation,
    Duration doNotCollapseFor,
    ClientDirectives clientDirectives,
    StoreGuards guards) {

  private static final CachePolicy DEFAULTS =
      new CachePolicy(
          List.of("Forebay-Cache-Control", "CDN-Cache-Control"),
          true,
          LifetimeRules.NONE,
          new Heuristics(10, Duration.ofDays(1)),
          SetCookie.STORE_IF_MARKED_SHARED,
          Duration.ZERO,
          Duration.ZERO,
          Duration.ofHours(1),
          StaleRules.NONE,
          SMaxage.FORBIDS_STALE,
          Duration.ofDays(365),
          Duration.ofDays(1),
          Duration.ofMinutes(2),
          ClientDirectives.FOLLOW,
          StoreGuards.USUAL);

  /// How a lifetime is guessed from `Last-Modified` (RFC 9111 §4.2.2).
  ///
  /// @param percent of the time between `Last-Modified` and `Date`; 0 turns guessing off
  /// @param max no guess is longer
  public record Heuristics(int percent, Duration max) {
    public static final Heuristics OFF = new Heuristics(0, Duration.ZERO);

    public boolean isOn() {
      return percent > 0;
    }
  }

  /// What becomes of a response that sets a cookie. RFC 9111 §7.3 lets a cache store it; stored by
  /// mistake, one client's session is served to others.
  public enum SetCookie {
    /// Stored when the origin says in so many words that it is for a shared cache: `public`,
    /// `s-maxage`, or a targeted field.
    STORE_IF_MARKED_SHARED,
    /// Stored like any other, the cookie with it: plain RFC 9111.
    STORE,
    /// Stored like any other, but without the cookie, which only the first client gets.
    STORE_WITHOUT,
    /// Stored without the cookie, which nobody gets: for content that is nobody's own, before an
    /// application that sets its session cookie on everything.
    STRIP,
    /// Never stored.
    DO_NOT_STORE;

    boolean leavesOutCookies() {
      return this == STORE_WITHOUT || this == STRIP;
    }
  }

  /// What `s-maxage` means for a stale response.
  public enum SMaxage {
    /// It is never served stale: RFC 9111 §5.2.2.10 to the letter.
    FORBIDS_STALE,
    /// `stale-while-revalidate` and `stale-if-error` in the same field hold, as their author most
    /// likely meant and most CDNs do; nothing else is served stale.
    ALLOWS_EXPLICIT_WINDOWS
  }

  /// Whether `no-cache`, `max-age`, `min-fresh`, `no-store` and `Pragma: no-cache` in a request are
  /// followed. `only-if-cached` and `max-stale` spare the origin and always are.
  public enum ClientDirectives {
    FOLLOW,
    IGNORE
  }

  public CachePolicy {
    targetedFields = List.copyOf(targetedFields);
  }

  /// What a careful operator wants: RFC 9111 to the letter, guesses of at most a day, no cookie
  /// shared unless the origin says so.
  public static CachePolicy defaults() {
    return DEFAULTS;
  }

  /// What holds of it for a target: of an ambiguous path only what the response itself says counts,
  /// where the guards want that.
  CachePolicy forTarget(String target) {
    boolean isBare =
        guards.ambiguousPaths() == StoreGuards.AmbiguousPaths.EXPLICIT
            && RequestForm.isAmbiguous(target);
    return isBare
        ? toBuilder()
            .lifetimes(LifetimeRules.NONE)
            .staleRules(StaleRules.NONE)
            .heuristics(Heuristics.OFF)
            .build()
        : this;
  }

  public Builder toBuilder() {
    return new Builder(this);
  }

  /// Changes some of a policy's choices. Not thread-safe.
  public static final class Builder {
    private List<String> targetedFields;
    private boolean surrogateControl;
    private LifetimeRules lifetimes;
    private Heuristics heuristics;
    private SetCookie setCookie;
    private Duration staleWhileRevalidate;
    private Duration staleIfError;
    private Duration staleWhenDisconnected;
    private StaleRules staleRules;
    private SMaxage sMaxage;
    private Duration maxLifetime;
    private Duration keepForValidation;
    private Duration doNotCollapseFor;
    private ClientDirectives clientDirectives;
    private StoreGuards guards;

    private Builder(CachePolicy from) {
      targetedFields = from.targetedFields;
      surrogateControl = from.surrogateControl;
      lifetimes = from.lifetimes;
      heuristics = from.heuristics;
      setCookie = from.setCookie;
      staleWhileRevalidate = from.staleWhileRevalidate;
      staleIfError = from.staleIfError;
      staleWhenDisconnected = from.staleWhenDisconnected;
      staleRules = from.staleRules;
      sMaxage = from.sMaxage;
      maxLifetime = from.maxLifetime;
      keepForValidation = from.keepForValidation;
      doNotCollapseFor = from.doNotCollapseFor;
      clientDirectives = from.clientDirectives;
      guards = from.guards;
    }

    public Builder targetedFields(List<String> names) {
      targetedFields = List.copyOf(names);
      return this;
    }

    public Builder surrogateControl(boolean isHeeded) {
      surrogateControl = isHeeded;
      return this;
    }

    public Builder lifetimes(LifetimeRules rules) {
      lifetimes = rules;
      return this;
    }

    public Builder guards(StoreGuards choice) {
      guards = choice;
      return this;
    }

    public Builder heuristics(Heuristics choice) {
      heuristics = choice;
      return this;
    }

    public Builder setCookie(SetCookie choice) {
      setCookie = choice;
      return this;
    }

    public Builder staleWhileRevalidate(Duration window) {
      staleWhileRevalidate = window;
      return this;
    }

    public Builder staleIfError(Duration window) {
      staleIfError = window;
      return this;
    }

    public Builder staleWhenDisconnected(Duration window) {
      staleWhenDisconnected = window;
      return this;
    }

    public Builder staleRules(StaleRules rules) {
      staleRules = rules;
      return this;
    }

    public Builder sMaxage(SMaxage choice) {
      sMaxage = choice;
      return this;
    }

    public Builder maxLifetime(Duration lifetime) {
      maxLifetime = lifetime;
      return this;
    }

    public Builder keepForValidation(Duration span) {
      keepForValidation = span;
      return this;
    }

    public Builder doNotCollapseFor(Duration span) {
      doNotCollapseFor = span;
      return this;
    }

    public Builder clientDirectives(ClientDirectives choice) {
      clientDirectives = choice;
      return this;
    }

    public CachePolicy build() {
      return new CachePolicy(
          targetedFields,
          surrogateControl,
          lifetimes,
          heuristics,
          setCookie,
          staleWhileRevalidate,
          staleIfError,
          staleWhenDisconnected,
          staleRules,
          sMaxage,
          maxLifetime,
          keepForValidation,
          doNotCollapseFor,
          clientDirectives,
          guards);
    }
  }
}
