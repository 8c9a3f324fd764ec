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

  /// The node's defaults, with such a tier, to which clients' writes go first.
  public static CacheSpecification behind(TierChoice tier) {
    return new CacheSpecification(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(tier),
        Optional.of(WriteMode.WRITE_THROUGH));
  }

  /// The same, but for what is given.
  public CacheSpecification with(
      Optional<Long> bytes,
      Optional<Long> entries,
      Optional<Duration> ttl,
      Optional<String> policy) {
    return new CacheSpecification(
        bytes.or(() -> maxBytes),
        entries.or(() -> maxEntries),
        ttl.or(() -> defaultTtl),
        policy.or(() -> evictionPolicy),
        evictionObjective,
        whatIf,
        tier,
        writeMode);
  }
}
