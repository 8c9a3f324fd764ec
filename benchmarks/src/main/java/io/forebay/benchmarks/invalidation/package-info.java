/// **Role.** What invalidations cost, in one run beside a ban of Varnish and a pattern deleted in
/// Redis.
///
/// **Goals.** The figures that the project promises: how soon in force, how many a second, what
/// readers feel of a sweep.
///
/// **Start reading** at [InvalidationBenchmark]; `benchmarks/invalidation` starts it and its
/// rivals.
@NullMarked
package io.forebay.benchmarks.invalidation;

import org.jspecify.annotations.NullMarked;
