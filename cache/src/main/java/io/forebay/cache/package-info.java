/// **Role.** The cache engine: entries, bounds, eviction, expiry, tags, fenced loads.
///
/// **Goals.** A read of a present entry waits for nobody; a value that an invalidation covered is
/// never served again; memory stays within the configured bytes.
///
/// **Non-goals.** No I/O, no HTTP rules, no logging: what happened is a return value or a counter.
///
/// **Start reading** at [Cache] and [CacheBuilder], then [Entry], [Draft] and [LoadToken]. Inside,
/// at [BoundedCache], then its parts in this order: [Table] and [Stripe], [Barriers], [Residency],
/// [InvalidationSweep]; for "what if" and listeners, [Witnesses]. How entries are kept is apart
/// from all that, behind [Storage]: as objects ([HeapStorage], [HashChains]), or as bytes outside
/// the heap ([PackedStorage], then [PackedChains], [PackedRecords], [PackedMemory]).
@NullMarked
package io.forebay.cache;

import org.jspecify.annotations.NullMarked;
