/// **Role.** What is checked of an HTTP/1.1 request before anything is made of it (RFC 9112).
///
/// **Goals.** Whatever another server could read differently is refused and ends its connection;
/// every part of a request is bounded in size and time.
///
/// **Non-goals.** Parsing: Netty does it. What the parts mean: that is decided later.
///
/// **Start reading** at [StrictRequestDecoder].
@NullMarked
package io.forebay.proxy.listen.http1;

import org.jspecify.annotations.NullMarked;
