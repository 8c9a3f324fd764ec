/// **Role.** Connections that no longer speak HTTP, joined with each other, and how connections are
/// ended.
///
/// **Goals.** All that one side sent reaches the other, however slow, also what came right before
/// its end; nobody who takes nothing keeps a connection.
///
/// **Non-goals.** Whether a request may change the protocol ([io.forebay.proxy.Tunnels]).
///
/// **Start reading** at [Tunnel].
@NullMarked
package io.forebay.proxy.tunnel;

import org.jspecify.annotations.NullMarked;
