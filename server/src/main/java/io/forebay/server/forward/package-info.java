/// **Role.** Passes invalidations on to the caches that stand before this one: a Varnish, Fastly,
/// Cloudflare.
///
/// **Goals.** What an order becomes there is decided by pure functions ([Translation]). Sending is
/// retried with growing pauses, per target and in order; every order's end is told to whoever keeps
/// its receipt. Queues are bounded.
///
/// **Non-goals.** Orders that wait do not outlive the process: their receipts then say that they
/// were not delivered. A downstream's own propagation is not waited for.
///
/// **Start reading** at [Forwarder].
@NullMarked
package io.forebay.server.forward;

import org.jspecify.annotations.NullMarked;
