package io.forebay.cache.loading;

import java.time.Duration;

/// A moment's figures of a [LoadingCache]. Counters grow from its creation.
///
/// @param loads times that the source was asked, bulk loads once each
/// @param loadFailures of these, how many threw
/// @param loadTime time that the source took for all of them
/// @param followed callers that waited for a load another had begun
/// @param refreshesWhileStale loads begun in the background because a stale value was served
/// @param refreshesEarly loads begun in the background shortly before expiry
/// @param refreshesSkipped background loads not begun because too many loads were under way
/// @param servedStaleOnError stale values served because the load failed
/// @param servedStaleOnTimeout stale values served because the load took too long
/// @param timeouts callers that got nothing because the hard timeout passed
/// @param notStored loaded values that the cache refused, because they were overtaken or did not
///   fit
public record LoadStatistics(
    long loads,
    long loadFailures,
    Duration loadTime,
    long followed,
    long refreshesWhileStale,
    long refreshesEarly,
    long refreshesSkipped,
    long servedStaleOnError,
    long servedStaleOnTimeout,
    long timeouts,
    long notStored) {}
