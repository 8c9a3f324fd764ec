/// **Role.** Fetches under way: one for each key, shared by all that wait for it.
///
/// **Goals.** One request to the origin for a hundred of clients; what proves unshareable holds
/// nobody up.
///
/// **Non-goals.** Writing to clients.
///
/// **Start reading** at [Flights], then [Fetch].
@NullMarked
package io.forebay.proxy.fetch;

import org.jspecify.annotations.NullMarked;
