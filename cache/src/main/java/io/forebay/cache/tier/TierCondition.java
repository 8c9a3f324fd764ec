package io.forebay.cache.tier;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// How a tier is at one moment, for the operator.
///
/// @param connected whether it can be asked, as far as is known
/// @param bytes that it holds, all that share it together; empty if it does not say
/// @param values that it holds; empty if it does not say
/// @param underWay calls that wait for an answer
/// @param backlog empty if nothing waits there
/// @param events what it had to do besides, by name: `dropped_segments`; each number only grows
public record TierCondition(
    boolean connected,
    Breaker breaker,
    OptionalLong bytes,
    OptionalLong values,
    long underWay,
    Optional<Backlog> backlog,
    Map<String, Long> events) {

  /// Writes that have been acknowledged and have still to reach the tier.
  ///
  /// @param oldest for how long one of them has been waiting
  public record Backlog(long writes, long bytes, Duration oldest) {}

  /// Of a tier that does not say.
  public static final TierCondition UNKNOWN =
      new TierCondition(
          true,
          Breaker.CLOSED,
          OptionalLong.empty(),
          OptionalLong.empty(),
          0,
          Optional.empty(),
          Map.of());

  public TierCondition {
    events = Map.copyOf(events);
  }

  /// Whether calls are made.
  public enum Breaker {
    CLOSED,
    /// It failed often: calls are not even tried.
    OPEN,
    /// A few calls are tried.
    HALF_OPEN
  }
}
