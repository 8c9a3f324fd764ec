package io.forebay.backends.behind;

import io.forebay.cache.Lifetime;
import io.forebay.cache.tier.TierRead;
import io.forebay.cache.tier.TierValue;
import java.time.Duration;
import java.util.Optional;

/// What travels with a value to the tier, in front of its type: its version, how old it was when it
/// left, and its lifetime from when it was accepted. In the tier it lives as long as was left.
///
/// ```
/// version/1 VERSION AGE FRESH STALE TYPE          (times in milliseconds)
/// ```
final class Stamps {

  private static final String MARK = "version/1";
  private static final int PARTS = 6;

  private Stamps() {}

  /// A value as it goes to the tier.
  static TierValue stamped(TierValue value, long version) {
    return stamped(value, version, Duration.ZERO).orElseThrow();
  }

  /// The same with what is left of its lifetime at that age; empty if nothing is.
  static Optional<TierValue> stamped(TierValue value, long version, Duration age) {
    if (!age.isZero() && age.compareTo(life(value)) >= 0) {
      return Optional.empty();
    }
    Lifetime whole = value.lifetime();
    String type =
        String.join(
            " ",
            MARK,
            Long.toString(version),
            Long.toString(age.isZero() ? 0 : age.toMillis() + 1), // rather older than younger
            Long.toString(whole.fresh().toMillis()),
            Long.toString(whole.stale().toMillis()),
            value.type());
    return Optional.of(with(value, type, whole.after(age)));
  }

  /// What was read, as it was before; as it is if it has no stamp.
  static TierRead read(TierRead.Found found) {
    String[] parts = found.value().type().split(" ", PARTS);
    if (!parts[0].equals(MARK)) {
      return found;
    }
    try {
      Lifetime whole =
          new Lifetime(
              Duration.ofMillis(Long.parseLong(parts[3])),
              Duration.ofMillis(Long.parseLong(parts[4])));
      return new TierRead.Found(
          with(found.value(), parts[5], whole),
          Long.parseLong(parts[1]),
          found.age().plusMillis(Long.parseLong(parts[2])));
    } catch (IllegalArgumentException | IndexOutOfBoundsException noStamp) {
      return new TierRead.Absent();
    }
  }

  private static TierValue with(TierValue value, String type, Lifetime lifetime) {
    return new TierValue(
        type, value.bytes(), value.tags(), value.metadata(), lifetime, value.loadBegan());
  }

  static Duration life(TierValue value) {
    return value.lifetime().fresh().plus(value.lifetime().stale());
  }

  /// How old something is that waits. One from the future is of before the clock was set back:
  /// nobody knows, so it is taken for too old.
  static Duration age(Pending pending, long nowMicros) {
    long micros = nowMicros - pending.accepted();
    return micros < -30_000_000
        ? Duration.ofDays(36_500)
        : Duration.ofNanos(1_000 * Math.max(0, micros));
  }
}
