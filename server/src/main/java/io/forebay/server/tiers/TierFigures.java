package io.forebay.server.tiers;

import io.forebay.cache.tier.Tier;
import io.forebay.cache.tier.TierCondition;
import io.forebay.cache.tier.TierObserver.Operation;
import io.forebay.cache.tier.TierStatistics;
import java.util.Map;
import java.util.Set;

/// A tier at one moment, for metrics and listings.
///
/// @param name as settings name it
/// @param where it is, without user and password
/// @param shared whether other nodes share its values
/// @param caches what it did for each of the caches it lies behind, by name
public record TierFigures(
    String name,
    String where,
    boolean shared,
    Set<Tier.Ability> abilities,
    TierCondition condition,
    Map<Operation, TierCallFigures> calls,
    Map<String, TierStatistics> caches) {

  public TierFigures {
    abilities = Set.copyOf(abilities);
    calls = Map.copyOf(calls);
    caches = Map.copyOf(caches);
  }
}
