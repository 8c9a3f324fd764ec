/// **Role.** The engine beside Caffeine: throughput of reads and of reads with some writes, on the
/// same keys.
///
/// **Goals.** Both rivals in one run, with the same features on: a weigher, a lifetime for each
/// entry, statistics.
///
/// **Start reading** at [EngineBenchmark].
@NullMarked
package io.forebay.benchmarks.engine;

import org.jspecify.annotations.NullMarked;
