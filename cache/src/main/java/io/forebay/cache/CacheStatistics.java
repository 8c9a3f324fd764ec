package io.forebay.cache;

import java.util.Optional;

/// A moment's figures of one cache. Counters grow from the cache's creation; each is exact, but
/// they are not read at one instant.
///
/// @param hits reads that found a fresh entry
/// @param staleHits reads that found an entry past its freshness, within its stale window
/// @param missesAbsent reads that found nothing
/// @param missesExpired reads that found an entry past its stale window
/// @param missesInvalidated reads that found an entry behind a hard barrier
/// @param writes values stored, by load or client
/// @param writesRefused writes that changed nothing
/// @param removals entries removed by a client
/// @param evictionsForBytes entries evicted because of the byte bound, the cache's or the node's
/// @param evictionsForEntries entries evicted because of the entry bound
/// @param expirationsOnAccess expired entries dropped by a read
/// @param expirationsInBackground expired entries dropped by the background sweep
/// @param sweptAfterInvalidation entries behind a hard barrier that were dropped
/// @param invalidations invalidations put in force
/// @param barrierOverflows times that there were more tags (or prefixes, patterns and hosts)
///   invalidated at once than may be kept apart, so that every value older than some of them became
///   a miss
/// @param barriers tags, prefixes, patterns and hosts that have an invalidation in force, by mode
/// @param barrierFloor every value whose load began before it is a miss
/// @param notificationsDropped departures that a [CacheListener] will not hear, as it was too slow
/// @param entries entries present now, dead ones that are not yet swept included
/// @param weightBytes their weight
/// @param reservedBytes memory outside the heap that is taken from the system for them, idle parts
///   included; zero for a cache on the heap
public record CacheStatistics(
    long hits,
    long staleHits,
    long missesAbsent,
    long missesExpired,
    long missesInvalidated,
    long writes,
    long writesRefused,
    long removals,
    long evictionsForBytes,
    long evictionsForEntries,
    long expirationsOnAccess,
    long expirationsInBackground,
    long sweptAfterInvalidation,
    long invalidations,
    long barrierOverflows,
    long barriers,
    Optional<Position> barrierFloor,
    long notificationsDropped,
    long entries,
    long weightBytes,
    long reservedBytes) {

  public long misses() {
    return missesAbsent + missesExpired + missesInvalidated;
  }

  /// Hits, stale ones included, over all reads: 0 to 1; 0 before the first read.
  public double hitRatio() {
    long found = hits + staleHits;
    long reads = found + misses();
    return reads == 0 ? 0 : (double) found / reads;
  }
}
