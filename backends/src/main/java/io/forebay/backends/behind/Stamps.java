package io.forebay.backends.behind;

import io.forebay.cache.tier.TierRead;
import io.forebay.cache.tier.TierValue;
import java.time.Duration;

/// Versions that travel with their values, in front of the type.
final class Stamps {

  private static final String MARK = "version/1 ";

  private Stamps() {}

  static TierValue stamped(TierValue value, long version) {
    return new TierValue(
        MARK + version + " " + value.type(),
        value.bytes(),
        value.tags(),
        value.metadata(),
        value.lifetime(),
        value.loadBegan());
  }

  /// What was read, with the version that travelled with it; as it is if none did.
  static TierRead read(TierRead.Found found) {
    TierValue value = found.value();
    if (!value.type().startsWith(MARK)) {
      return found;
    }
    int end = value.type().indexOf(' ', MARK.length());
    try {
      long version = Long.parseLong(value.type(), MARK.length(), Math.max(end, 0), 10);
      TierValue bare =
          new TierValue(
              value.type().substring(end + 1),
              value.bytes(),
              value.tags(),
              value.metadata(),
              value.lifetime(),
              value.loadBegan());
      return new TierRead.Found(bare, version, found.age());
    } catch (NumberFormatException | IndexOutOfBoundsException noStamp) {
      return new TierRead.Absent();
    }
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
