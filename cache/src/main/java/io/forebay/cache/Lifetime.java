package io.forebay.cache;

import java.time.Duration;

/// How long an entry is fresh, and how long it is then kept as stale (for revalidation,
/// stale-while-revalidate or stale-if-error) before it expires for good. Counted from the moment it
/// is stored, on the monotonic clock.
///
/// @param fresh zero or more; at most [#LONGEST]
/// @param stale zero or more; at most [#LONGEST]
public record Lifetime(Duration fresh, Duration stale) {

  /// The longest span that is told apart from "for ever": about 68 years, RFC 9111 §1.2.2's 2^31
  /// seconds.
  public static final Duration LONGEST = Duration.ofSeconds(1L << 31);

  /// Fresh until evicted or invalidated.
  public static final Lifetime FOREVER = new Lifetime(LONGEST, Duration.ZERO);

  public Lifetime {
    fresh = bounded("fresh", fresh);
    stale = bounded("stale", stale);
  }

  /// Fresh for `fresh`, then gone.
  public static Lifetime of(Duration fresh) {
    return new Lifetime(fresh, Duration.ZERO);
  }

  /// What is left of it when some of it has passed.
  public Lifetime after(Duration age) {
    Duration left = fresh.minus(age);
    if (!left.isNegative()) {
      return new Lifetime(left, stale);
    }
    Duration leftStale = stale.plus(left);
    return new Lifetime(Duration.ZERO, leftStale.isNegative() ? Duration.ZERO : leftStale);
  }

  private static Duration bounded(String part, Duration span) {
    if (span.isNegative()) {
      throw new IllegalArgumentException(part + " must be zero or more, was " + span);
    }
    return span.compareTo(LONGEST) > 0 ? LONGEST : span;
  }
}
