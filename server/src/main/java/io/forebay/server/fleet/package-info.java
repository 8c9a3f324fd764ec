/// **Role.** The log that this node shares with others, as the settings ask for.
///
/// **Goals.** A node starts although Redis is away, and says so; what cannot become right by
/// waiting (a wrong password) is refused at start.
///
/// **Non-goals.** How sharing works: that is `cache.tier`'s and `backends`'.
///
/// **Start reading** at [Fleet].
@NullMarked
package io.forebay.server.fleet;

import org.jspecify.annotations.NullMarked;
