/// **Role.** What clients of other systems call: ChronoCache, DistroCache, the Distributed Caching
/// and Cache Invalidation System, and the Cache Management API. One file for each, on the same
/// router as `/v1`, and further ports as doors to it.
///
/// **Goals.** A client written for one of them works unchanged: its paths, fields, units and
/// statuses. All of them see the cache `default`, so that what one wrote the others read.
///
/// **Non-goals.** Rules. What may be stored, what an invalidation covers, how long something lives
/// is decided in `caches`, `invalidation` and `predict`; an adapter only translates.
///
/// **Start reading** at [CompatRoutes], then [ForeignSystem], [DistroCacheRoutes] and
/// [ForeignValue].
@NullMarked
package io.forebay.server.compat;

import org.jspecify.annotations.NullMarked;
