package io.forebay.cache;

import java.time.Duration;

/// What a node does with what it holds while it is suspect: its [Lease] has ended, so something may
/// have been invalidated of which it has not heard.
///
/// @param lease of the log
/// @param behaviour as the operator chose
/// @param grace for [Behaviour#SHORT_TTL]: how long after the end of the lease
public record Isolation(Lease lease, Behaviour behaviour, Duration grace) {

  /// Of a node that shares its log with nobody.
  public static final Isolation NONE =
      new Isolation(Lease.ENDLESS, Behaviour.REVALIDATE, Duration.ZERO);

  /// What the operator can choose.
  public enum Behaviour {
    /// Everything is stale: pages are validated at their origin before they are served.
    REVALIDATE,
    /// Nothing is used.
    BYPASS,
    /// Served as fresh for a while longer, then as with [#REVALIDATE].
    SHORT_TTL,
    /// Served as fresh.
    SERVE
  }

  /// How an entry may be used; the more careful, the later.
  public enum Use {
    AS_IT_IS,
    AS_STALE,
    NOT_AT_ALL
  }

  /// Whether something may have been invalidated of which this node has not heard.
  public boolean isSuspect(long nanoTime) {
    return lease.isOver(nanoTime);
  }

  /// How an entry may be used that is looked up from now on, as far as can be told before.
  ///
  /// @param nanoTime now
  public Use use(long nanoTime) {
    if (!lease.isOver(nanoTime)) {
      return Use.AS_IT_IS;
    }
    return switch (behaviour) {
      case REVALIDATE -> Use.AS_STALE;
      case BYPASS -> Use.NOT_AT_ALL;
      case SHORT_TTL -> lease.isOver(nanoTime - grace.toNanos()) ? Use.AS_STALE : Use.AS_IT_IS;
      case SERVE -> Use.AS_IT_IS;
    };
  }

  /// How an entry may be used that was looked up just now: never more freely than was said before.
  ///
  /// @param before [#use], asked before it was looked up
  /// @param nanoTime taken after that
  public Use use(Use before, long nanoTime) {
    Use after = use(nanoTime);
    return before.compareTo(after) > 0 ? before : after;
  }
}
