/// **Role.** The fast speed: fresh hits answered on the event loop, from the bytes of a request to
/// the bytes of its answer, without an exchange being opened.
///
/// **Goals.** The same answers as the general path ([io.forebay.proxy.ExchangeHandler]) gives, for
/// the requests that it is certain about; a test holds the two side by side. Nothing is decided
/// here that is not decided there: the key, the route, the head of a hit come from the same
/// functions.
///
/// **Non-goals.** Conditions, ranges, bodies, wishes of the client, anything stale: whatever is not
/// certain is left to the general path, untouched. Sockets are `proxy.listen`'s.
///
/// **Start reading** at [FreshHits], then [io.forebay.proxy.scan.RequestScan].
@NullMarked
package io.forebay.proxy.fast;

import org.jspecify.annotations.NullMarked;
