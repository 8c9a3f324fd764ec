/// **Role.** What is done to connections themselves, whoever they are from and whatever they speak:
/// joined with each other when they no longer speak HTTP, closed at once, dealt with on event loops
/// that may have ended.
///
/// **Goals.** All that one side of a tunnel sent reaches the other, however slow, also what came
/// right before its end; nobody who takes nothing keeps a connection.
///
/// **Non-goals.** Whether a request may change the protocol ([io.forebay.proxy.Tunnels]).
///
/// **Start reading** at [Tunnel].
@NullMarked
package io.forebay.proxy.socket;

import org.jspecify.annotations.NullMarked;
