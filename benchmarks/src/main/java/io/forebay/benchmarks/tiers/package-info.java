/// **Role.** What tiers cost: reads beside the raw client doing the same, writes in each mode,
/// bytes stored, and what a restart costs with and without one.
///
/// **Start reading** at [TiersBenchmark].
@NullMarked
package io.forebay.benchmarks.tiers;

import org.jspecify.annotations.NullMarked;
