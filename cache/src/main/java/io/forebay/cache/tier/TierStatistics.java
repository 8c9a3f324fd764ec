package io.forebay.cache.tier;

/// What a cache's tier did for it so far.
///
/// @param hits reads that it answered
/// @param misses reads for which it had nothing
/// @param distrusted reads for which it had something that an invalidation covered
/// @param unreadable reads for which it had something that this version cannot read
/// @param readsFailed reads that it failed
/// @param writesFailed fills, writes and removals that it failed
public record TierStatistics(
    long hits,
    long misses,
    long distrusted,
    long unreadable,
    long readsFailed,
    long writesFailed) {}
