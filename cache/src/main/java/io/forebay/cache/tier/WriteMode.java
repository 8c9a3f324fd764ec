package io.forebay.cache.tier;

/// How a client's write travels through a cache with a tier.
public enum WriteMode {
  /// Acknowledged once the tier has it; memory has it too.
  WRITE_THROUGH,
  /// Acknowledged once the tier has it; memory gets it with the next read.
  WRITE_AROUND,
  /// Acknowledged once a journal on this node has it; the tier gets it later.
  WRITE_BEHIND
}
