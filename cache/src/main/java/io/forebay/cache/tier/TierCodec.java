package io.forebay.cache.tier;

import java.time.Duration;
import java.util.Optional;

/// How values look as bytes in a tier, where they may meet other versions of Forebay.
public interface TierCodec<V> {

  /// @param type tells formats apart; must name a new one when the bytes' meaning changes
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  record Encoded(String type, byte[] bytes) {}

  Encoded encode(V value);

  /// The value; empty if this version does not know the type, or the bytes make no sense.
  ///
  /// @param age since it was stored
  Optional<V> decode(String type, byte[] bytes, Duration age);
}
