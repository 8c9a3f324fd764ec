package io.forebay.backends.behind;

import io.forebay.cache.Lifetime;
import io.forebay.cache.tier.TierRead;
import io.forebay.cache.tier.TierValue;
import java.time.Duration;
import java.util.Optional;

/// What travels with a value to the tier, in front of its type: its version, how old it was when it
/// left and when that was, and its lifetime from when it was accepted. In the tier it lives as long
/// as was left, from when the tier has it; what it took to get there is counted when it is read, as
/// far as the clocks of those who wrote and read it agree.
///
/// ```
/// version/2 VERSION AGE LEFT FRESH STALE TYPE     (times in milliseconds, LEFT since 1970)
/// ```
final class Stamps {

  private static final String MARKS = "version/";
  private static final String MARK = MARKS + 2;
  private static final int PARTS = 7;
  private static final long MICROS = 1_000;

  private Stamps() {}

  /// A value as it goes to the tier.
  static TierValue stamped(TierValue value, long version, long nowMicros) {
    return stamped(value, version, Duration.ZERO, nowMicros).orElseThrow();
  }

  /// The same with what is left of its lifetime at that age; empty if nothing is.
  static Optional<TierValue> stamped(TierValue value, long version, Duration age, long nowMicros) {
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
            Long.toString(nowMicros / MICROS),
            Long.toString(whole.fresh().toMillis()),
            Long.toString(whole.stale().toMillis()),
            value.type());
    return Optional.of(with(value, type, whole.after(age)));
  }

  /// What was read, as it was before; as it is if it has no stamp, and nothing if its stamp is not
  /// one of ours.
  ///
  /// @param longest that it may have been on its way, there and back; where the clock says more it
  ///   is wrong
  static TierRead read(TierRead.Found found, Duration longest, long nowMicros) {
    String[] parts = found.value().type().split(" ", PARTS);
    if (!parts[0].equals(MARK)) {
      return parts[0].startsWith(MARKS) && parts.length > 1 ? new TierRead.Absent() : found;
    }
    try {
      Lifetime whole =
          new Lifetime(
              Duration.ofMillis(Long.parseLong(parts[4])),
              Duration.ofMillis(Long.parseLong(parts[5])));
      TierValue value = with(found.value(), parts[6], whole);
      Duration sinceLeft = Duration.ofMillis(nowMicros / MICROS - Long.parseLong(parts[3]));
      Duration onItsWay = sinceLeft.minus(found.age());
      boolean isLate = onItsWay.isPositive() && onItsWay.compareTo(longest) <= 0;
      Duration age = (isLate ? sinceLeft : found.age()).plusMillis(Long.parseLong(parts[2]));
      return isLate && age.compareTo(life(value)) >= 0
          ? new TierRead.Absent()
          : new TierRead.Found(value, Long.parseLong(parts[1]), age);
    } catch (IllegalArgumentException | ArithmeticException | IndexOutOfBoundsException noStamp) {
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
