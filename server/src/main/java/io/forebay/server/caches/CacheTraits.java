package io.forebay.server.caches;

import io.forebay.cache.CacheBounds;
import io.forebay.cache.policy.HitObjective;
import io.forebay.cache.tier.WriteMode;

/// What a cache is, as far as its engine is concerned: its specification with the node's defaults
/// filled in.
///
/// @param evictionPolicy one of [io.forebay.cache.policy.EvictionPolicies#names]
/// @param whatIf whether it finds out what other sizes and policies would reach
public record CacheTraits(
    CacheBounds bounds,
    String evictionPolicy,
    HitObjective evictionObjective,
    boolean whatIf,
    TierChoice tier,
    WriteMode writeMode) {

  /// With what cannot be changed as it is in another.
  CacheTraits withTierOf(CacheTraits other) {
    return new CacheTraits(
        bounds, evictionPolicy, evictionObjective, whatIf, other.tier, other.writeMode);
  }
}
