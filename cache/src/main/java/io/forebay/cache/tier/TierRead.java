package io.forebay.cache.tier;

import java.time.Duration;

/// What came of reading a slot.
public sealed interface TierRead {

  /// There is a value, within its lifetime. Whether it may be trusted is the reader's to judge.
  ///
  /// @param age since it was stored, by the tier's clock; rather too long than too short
  record Found(TierValue value, long version, Duration age) implements TierRead {}

  /// There is nothing, or something that this tier cannot vouch for.
  record Absent() implements TierRead {}

  record Unavailable(TierFailure failure) implements TierRead {}
}
