/// **Role.** HTTP/2 to clients (RFC 9113): one session for each connection, one exchange for each
/// stream, on Netty's codec; fresh hits are answered before streams are made of them.
///
/// **Goals.** Everything a client can make us hold is bounded: streams, header lists, request
/// bodies by flow control, responses by what the client takes. A client that floods is cut off with
/// the right error, and counted.
///
/// **Non-goals.** Server push (nobody uses it), priorities (RFC 9113 §5.3 deprecates them).
///
/// **Start reading** at [Http2Session]; for hits at [HitsReader].
@NullMarked
package io.forebay.proxy.listen.http2;

import org.jspecify.annotations.NullMarked;
