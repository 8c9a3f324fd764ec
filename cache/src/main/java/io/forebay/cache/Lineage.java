package io.forebay.cache;

import java.time.Duration;

/// What is known of a value that lies in a tier already and is copied into a cache.
///
/// @param version its version there
/// @param loadBegan where in the log its load began: it is judged by that
/// @param age since it was stored there
public record Lineage(long version, Position loadBegan, Duration age) {

  public Lineage {
    if (age.isNegative()) {
      throw new IllegalArgumentException("age must be zero or more, was " + age);
    }
  }

  /// The draft with the lifetime that is left of it.
  <V> Draft<V> aged(Draft<V> draft) {
    return age.isZero()
        ? draft
        : new Draft<>(draft.value(), draft.lifetime().after(age), draft.tags(), draft.metadata());
  }
}
