package io.forebay.proxy.origin;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// An origin of a pool at a moment.
///
/// @param requests sent to it, repeats included
/// @param underWay requests that have a place there now
/// @param fillsUnderWay of these, for the cache
/// @param connections open
/// @param errors requests that brought no usable answer, by error
/// @param errorResponses answered with 500, 502, 503 or 504
/// @param brokenBodies answers whose body did not come to its end
/// @param timesDown how often it went down
/// @param goodChecks checks that found it well
/// @param badChecks checks that did not
public record OriginFigures(
    ListedOrigin listed,
    Standing standing,
    long requests,
    int underWay,
    int fillsUnderWay,
    int connections,
    Map<OriginError, Long> errors,
    long errorResponses,
    long brokenBodies,
    long timesDown,
    long goodChecks,
    long badChecks) {

  /// Requests that failed, by kind: an error of RFC 9209, `error_response`, or `broken_body`.
  public Map<String, Long> failures() {
    Map<String, Long> failures = new TreeMap<>();
    errors.forEach((error, count) -> failures.merge(error.token(), count, Long::sum));
    if (errorResponses > 0) {
      failures.put("error_response", errorResponses);
    }
    if (brokenBodies > 0) {
      failures.put("broken_body", brokenBodies);
    }
    return failures;
  }

  /// Whether the origin gets requests, and since when.
  ///
  /// @param lasts how long it is left alone from now on; empty unless down, or when checks decide
  /// @param why it is down; empty if it is up
  public record Standing(State state, Duration since, Optional<Duration> lasts, String why) {

    static Standing of(Health health, long now) {
      return switch (health.spell()) {
        case Health.Spell.Up up ->
            new Standing(State.UP, Duration.ofNanos(now - up.sinceNanos()), Optional.empty(), "");
        case Health.Spell.Down down -> {
          long left = down.sinceNanos() + down.lengthNanos() - now;
          yield new Standing(
              left > 0 || health.isChecked() ? State.DOWN : State.ON_TRIAL,
              Duration.ofNanos(now - down.sinceNanos()),
              left > 0 ? Optional.of(Duration.ofNanos(left)) : Optional.empty(),
              down.why());
        }
      };
    }
  }

  /// As in [Health].
  public enum State {
    /// It gets its share.
    UP,
    /// It gets nothing while others are up.
    DOWN,
    /// One request at a time shows whether it has recovered.
    ON_TRIAL
  }
}
