package io.forebay.cache.loading;

import io.forebay.cache.Lifetime;
import java.time.Duration;
import java.util.Optional;

/// How a [LoadingCache] loads. Immutable; start from [#DEFAULT] and change what should differ.
///
/// @param hardTimeout how long a caller waits for a load; empty: as long as it takes. The load goes
///   on afterwards and stores what it finds
/// @param softTimeout how long a caller waits for a load while there is a stale value to serve
///   instead; empty: as long as `hardTimeout`
/// @param staleWhileRevalidate how long after its freshness a value is served at once, while a
///   background load replaces it (RFC 5861 §3)
/// @param staleIfError how long after its freshness a value is served if the load fails or times
///   out (RFC 5861 §4)
/// @param earlyRefresh the β of XFetch: 0 for no early refresh, 1 for the optimum of the paper,
///   more for earlier ones (Vattani, Chierichetti, Lowenstein, "Optimal Probabilistic Cache
///   Stampede Prevention", VLDB 2015)
/// @param jitter fraction of the fresh span, 0 to 1, by up to which each value's is shortened at
///   random, so that what was loaded together does not expire together
/// @param maxLoads loads that may be under way at once; callers beyond wait, background loads
///   beyond are not begun
public record LoadPolicy(
    Optional<Duration> hardTimeout,
    Optional<Duration> softTimeout,
    Duration staleWhileRevalidate,
    Duration staleIfError,
    double earlyRefresh,
    double jitter,
    int maxLoads) {

  /// Callers wait until the load ends; nothing stale is served, nothing refreshed early.
  public static final LoadPolicy DEFAULT =
      new LoadPolicy(Optional.empty(), Optional.empty(), Duration.ZERO, Duration.ZERO, 0, 0, 1_024);

  public LoadPolicy {
    hardTimeout.ifPresent(span -> notNegative("hardTimeout", span));
    softTimeout.ifPresent(span -> notNegative("softTimeout", span));
    notNegative("staleWhileRevalidate", staleWhileRevalidate);
    notNegative("staleIfError", staleIfError);
    if (!(earlyRefresh >= 0 && earlyRefresh <= 1_000)) {
      throw new IllegalArgumentException("earlyRefresh must be 0 to 1000, was " + earlyRefresh);
    }
    if (!(jitter >= 0 && jitter <= 1)) {
      throw new IllegalArgumentException("jitter must be 0 to 1, was " + jitter);
    }
    if (maxLoads < 1) {
      throw new IllegalArgumentException("maxLoads must be at least 1, was " + maxLoads);
    }
  }

  public LoadPolicy withHardTimeout(Duration span) {
    return new LoadPolicy(
        Optional.of(span),
        softTimeout,
        staleWhileRevalidate,
        staleIfError,
        earlyRefresh,
        jitter,
        maxLoads);
  }

  public LoadPolicy withSoftTimeout(Duration span) {
    return new LoadPolicy(
        hardTimeout,
        Optional.of(span),
        staleWhileRevalidate,
        staleIfError,
        earlyRefresh,
        jitter,
        maxLoads);
  }

  public LoadPolicy withStaleWhileRevalidate(Duration span) {
    return new LoadPolicy(
        hardTimeout, softTimeout, span, staleIfError, earlyRefresh, jitter, maxLoads);
  }

  public LoadPolicy withStaleIfError(Duration span) {
    return new LoadPolicy(
        hardTimeout, softTimeout, staleWhileRevalidate, span, earlyRefresh, jitter, maxLoads);
  }

  public LoadPolicy withEarlyRefresh(double beta) {
    return new LoadPolicy(
        hardTimeout, softTimeout, staleWhileRevalidate, staleIfError, beta, jitter, maxLoads);
  }

  public LoadPolicy withJitter(double fraction) {
    return new LoadPolicy(
        hardTimeout,
        softTimeout,
        staleWhileRevalidate,
        staleIfError,
        earlyRefresh,
        fraction,
        maxLoads);
  }

  public LoadPolicy withMaxLoads(int loads) {
    return new LoadPolicy(
        hardTimeout, softTimeout, staleWhileRevalidate, staleIfError, earlyRefresh, jitter, loads);
  }

  /// What to do with an entry that was found.
  enum Use {
    SERVE,
    SERVE_AND_REFRESH_EARLY,
    SERVE_STALE_AND_REFRESH,
    LOAD
  }

  /// Decides how an entry is used.
  ///
  /// XFetch: refresh if `now − Δ·β·ln(u) ≥ expiry`, where Δ is how long the load took and `u` is
  /// uniform in (0, 1]; that is, if an exponentially distributed span of mean Δ·β covers what is
  /// left of the freshness.
  ///
  /// @param fresh whether it is fresh
  /// @param remainingFreshNanos fresh span left; negative when over; positive but not fresh when
  ///   softly invalidated
  /// @param loadNanos how long its load took
  /// @param uniform a random number in [0, 1)
  Use use(boolean fresh, long remainingFreshNanos, long loadNanos, double uniform) {
    if (!fresh) {
      return stalenessNanos(remainingFreshNanos) < staleWhileRevalidate.toNanos()
          ? Use.SERVE_STALE_AND_REFRESH
          : Use.LOAD;
    }
    double head = -loadNanos * earlyRefresh * Math.log(1 - uniform);
    return earlyRefresh > 0 && head >= remainingFreshNanos
        ? Use.SERVE_AND_REFRESH_EARLY
        : Use.SERVE;
  }

  /// Whether a stale value may be served because the load failed or took too long.
  boolean mayServeOnError(long remainingFreshNanos) {
    return stalenessNanos(remainingFreshNanos) < staleIfError.toNanos();
  }

  /// Shortens the fresh span by jitter and makes the stale span long enough for this policy.
  ///
  /// @param uniform a random number in [0, 1)
  Lifetime applyTo(Lifetime lifetime, double uniform) {
    Duration fresh = lifetime.fresh();
    if (jitter > 0) {
      fresh = Duration.ofNanos((long) (fresh.toNanos() * (1 - jitter * uniform)));
    }
    return new Lifetime(
        fresh, longest(lifetime.stale(), longest(staleWhileRevalidate, staleIfError)));
  }

  private static long stalenessNanos(long remainingFreshNanos) {
    return Math.max(0, -remainingFreshNanos);
  }

  private static Duration longest(Duration one, Duration other) {
    return one.compareTo(other) >= 0 ? one : other;
  }

  private static void notNegative(String part, Duration span) {
    if (span.isNegative()) {
      throw new IllegalArgumentException(part + " must be zero or more, was " + span);
    }
  }
}
