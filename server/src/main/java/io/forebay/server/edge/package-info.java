/// **Role.** Routes on the API's listener in the shape of purge APIs that content systems already
/// call: Fastly's and Cloudflare's.
///
/// **Goals.** A client of theirs needs another address and a token of ours, and nothing else: it
/// sends what it always sends, and gets the answers it knows, errors included.
///
/// **Non-goals.** Anything of theirs but purging. Ids of services and zones are taken and not
/// looked at: this server is one.
///
/// **Start reading** at [FastlyRoutes].
@NullMarked
package io.forebay.server.edge;

import org.jspecify.annotations.NullMarked;
