/// Measurements against the rivals.
@NullMarked
package io.forebay.benchmarks;

import org.jspecify.annotations.NullMarked;
