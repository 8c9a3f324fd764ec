package io.forebay.cache.tier;

/// A place in a tier.
///
/// @param cache the namespace
/// @param key any text that is not empty
public record TierKey(String cache, String key) {}
