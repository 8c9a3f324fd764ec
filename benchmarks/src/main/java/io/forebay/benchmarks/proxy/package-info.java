/// **Role.** What `benchmarks/proxy` needs in Java: the [Floor] under every proxy on this machine.
@NullMarked
package io.forebay.benchmarks.proxy;

import org.jspecify.annotations.NullMarked;
