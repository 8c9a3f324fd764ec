/// **Role.** `/v1/live`: a WebSocket that tells, every second, how the node is doing; asked
/// plainly, it tells once.
///
/// **Goals.** Bounded sockets; one that does not read misses messages, and holds up nobody.
///
/// **Non-goals.** Values and keys: who wants those reads them.
///
/// **Start reading** at [LiveFeed].
@NullMarked
package io.forebay.server.live;

import org.jspecify.annotations.NullMarked;
