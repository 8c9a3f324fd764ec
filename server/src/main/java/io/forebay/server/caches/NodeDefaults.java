package io.forebay.server.caches;

import io.forebay.cache.CacheBounds;
import io.forebay.cache.policy.HitObjective;
import io.forebay.cache.tier.WriteMode;
import java.time.Duration;

/// What a cache is where its [CacheSpecification] does not say.
///
/// @param maxBytes of the node, so that no cache may have more
/// @param evictionPolicy one of [io.forebay.cache.policy.EvictionPolicies#names]
public record NodeDefaults(
    long maxBytes,
    Duration ttl,
    String evictionPolicy,
    HitObjective evictionObjective,
    boolean whatIf,
    TierChoice tier,
    WriteMode writeMode) {

  /// Writing through.
  public NodeDefaults(
      long maxBytes,
      Duration ttl,
      String evictionPolicy,
      HitObjective evictionObjective,
      boolean whatIf,
      TierChoice tier) {
    this(maxBytes, ttl, evictionPolicy, evictionObjective, whatIf, tier, WriteMode.WRITE_THROUGH);
  }

  CacheTraits traits(CacheSpecification specification) {
    return new CacheTraits(
        new CacheBounds(
            specification.maxBytes().orElse(maxBytes),
            specification.maxEntries().orElse(Long.MAX_VALUE)),
        specification.evictionPolicy().orElse(evictionPolicy),
        specification.evictionObjective().orElse(evictionObjective),
        specification.whatIf().orElse(whatIf),
        specification.tier().orElse(tier),
        specification.writeMode().orElse(writeMode));
  }
}
