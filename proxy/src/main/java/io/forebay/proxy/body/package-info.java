/// **Role.** Message bodies on their way: pulled from one side, shared by many readers, kept if
/// they are to be stored.
///
/// **Goals.** Back-pressure from the slowest side to the fastest; memory bounded by the window or
/// by what is storable, never by the body.
///
/// **Non-goals.** Sockets (`proxy.listen`, `proxy.origin`) and the decision to store
/// (`http-semantics`).
///
/// **Start reading** at [SharedBody].
@NullMarked
package io.forebay.proxy.body;

import org.jspecify.annotations.NullMarked;
