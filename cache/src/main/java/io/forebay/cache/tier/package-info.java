/// **Role.** The port to places for values outside this process, and how a cache reads, loads,
/// writes and invalidates through one.
///
/// **Goals.** What a tier holds is never served after an invalidation that covers it was
/// acknowledged; losing the tier leaves a correct single node; every outcome is a value.
///
/// **Non-goals.** No I/O: that is `backends`'. No compression or encryption: those wrap a [Tier].
///
/// **Start reading** at [TieredCache], then [Tier] for what an implementation promises.
@NullMarked
package io.forebay.cache.tier;

import org.jspecify.annotations.NullMarked;
