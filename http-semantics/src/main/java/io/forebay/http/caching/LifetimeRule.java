package io.forebay.http.caching;

import java.time.Duration;
import java.util.Optional;

/// An operator's say in the freshness lifetime of responses that may be stored, or in one of the
/// windows in which they may be served stale ([StaleRules]).
///
/// @param override in place of what the response says
/// @param minimum what the response says is raised to it
/// @param maximum whatever the lifetime comes from is cut to it
/// @param unstated for a response that says nothing; before any guess
public record LifetimeRule(
    Optional<Duration> override,
    Optional<Duration> minimum,
    Optional<Duration> maximum,
    Optional<Duration> unstated) {

  public static final LifetimeRule NONE =
      new LifetimeRule(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  public static LifetimeRule ofUnstated(Duration lifetime) {
    return new LifetimeRule(
        Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(lifetime));
  }

  /// The bound alone.
  LifetimeRule onlyMaximum() {
    return new LifetimeRule(Optional.empty(), Optional.empty(), maximum, Optional.empty());
  }

  /// What does not lengthen what a response says.
  LifetimeRule withoutOverrideAndMinimum() {
    return new LifetimeRule(Optional.empty(), Optional.empty(), maximum, unstated);
  }

  /// What it leaves unsaid about the longest, and about responses that say nothing, is the other's.
  LifetimeRule withMaximumAndUnstatedOf(LifetimeRule other) {
    return new LifetimeRule(
        override, minimum, maximum.or(other::maximum), unstated.or(other::unstated));
  }

  LifetimeRule withMaximumOf(LifetimeRule other) {
    return maximum.isPresent() || other.maximum.isEmpty()
        ? this
        : new LifetimeRule(override, minimum, other.maximum, unstated);
  }
}
