/// **Role.** What sharing costs: the log and the tier in Redis, beside the raw client.
@NullMarked
package io.forebay.benchmarks.fleet;

import org.jspecify.annotations.NullMarked;
