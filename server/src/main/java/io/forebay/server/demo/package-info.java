/// **Role.** `forebay demo`: a small shop as origin, bounded traffic, and a commentary, so that a
/// newcomer sees hits, tags and expiry within ten seconds.
///
/// **Goals.** Nothing is pretended: real pages over real sockets through the real proxy.
///
/// **Non-goals.** A benchmark.
///
/// **Start reading** at [DemoShop].
@NullMarked
package io.forebay.server.demo;

import org.jspecify.annotations.NullMarked;
