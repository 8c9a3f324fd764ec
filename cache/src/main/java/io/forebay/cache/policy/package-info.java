/// **Role.** Which entry to give up when a cache is full: policies by name, and sampled shadows
/// that answer "what if".
///
/// **Goals.** A policy is a plain single-threaded data structure over small integers (slots), fed
/// in batches; a hit costs its reader nothing here. State lies in flat arrays, a stated number of
/// bytes an entry.
///
/// **Non-goals.** No table, no keys or values, no threads, no clock of its own; expiry by time is
/// the engine's (policies only weigh what is left of a lifetime).
///
/// **Start reading** at [EvictionPolicy], then [LruPolicy], then [HitDensityPolicy] (`auto`, the
/// default); for "what if", [ShadowCache].
@NullMarked
package io.forebay.cache.policy;

import org.jspecify.annotations.NullMarked;
