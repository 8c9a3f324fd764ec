/// **Role.** The proxy's listener: from bytes to a [io.forebay.proxy.ClientExchange] on a virtual
/// thread of its own, unless the event loop can deal with the request itself ([FastConnection]).
///
/// **Goals.** Bounded exchanges; back-pressure both ways; a stop that lets what is under way
/// finish.
///
/// **Non-goals.** What to answer.
///
/// **Start reading** at [ProxyListener].
@NullMarked
package io.forebay.proxy.listen;

import org.jspecify.annotations.NullMarked;
