package io.forebay.server.caches;

import io.forebay.cache.policy.HitObjective;
import io.forebay.cache.tier.WriteMode;
import java.time.Duration;
import java.util.Optional;

/// What a cache is asked to be; empty parts are the node's defaults.
///
/// @param maxBytes at least 1
/// @param maxEntries at least 1
/// @param defaultTtl zero or more
/// @param evictionPolicy one of [io.forebay.cache.policy.EvictionPolicies#names]
/// @param whatIf whether it finds out what other sizes and policies would reach
/// @param tier what lies behind it; cannot be changed later
/// @param writeMode how clients' writes travel to the tier; cannot be changed later
public record CacheSpecification(
    Optional<Long> maxBytes,
    Optional<Long> maxEntries,
    Optional<Duration> defaultTtl,
    Optional<String> evictionPolicy,
    Optional<HitObjective> evictionObjective,
    Optional<Boolean> whatIf,
    Optional<TierChoice> tier,
    Optional<WriteMode> writeMode) {

  public static final CacheSpecification DEFAULTS =
      new CacheSpecification(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());

  /// The same with another bound.
  CacheSpecification withMaxEntries(long entries) {
    return new CacheSpecification(
        maxBytes,
        Optional.of(entries),
        defaultTtl,
        evictionPolicy,
        evictionObjective,
        whatIf,
        tier,
        writeMode);
  }
}
