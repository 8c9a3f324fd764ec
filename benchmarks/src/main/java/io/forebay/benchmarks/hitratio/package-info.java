/// **Role.** Replays request traces through the eviction policies and says how often they hit.
///
/// **Goals.** The figures of `traces/README.md`, reproducibly, beside Caffeine's from the same
/// process.
///
/// **Non-goals.** Not the engine: no table, no values, no concurrency; those have JMH benchmarks.
///
/// Traces are recorded ones, or patterns of known shape ([Pattern]).
///
/// **Start reading** at [HitRatio], then [Replay].
@NullMarked
package io.forebay.benchmarks.hitratio;

import org.jspecify.annotations.NullMarked;
