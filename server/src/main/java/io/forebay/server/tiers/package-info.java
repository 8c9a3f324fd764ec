/// **Role.** The tiers of this node, as the settings ask for: opened, put behind caches, watched.
///
/// **Goals.** A server that is away does not keep a node from starting, and it says so; what cannot
/// become right by waiting (a wrong password, a folder that cannot be written) is refused at start,
/// with the setting's name.
///
/// **Non-goals.** How tiers work: that is `cache.tier`'s and `backends`'.
///
/// **Start reading** at [Tiers], then [OpenTier].
@NullMarked
package io.forebay.server.tiers;

import org.jspecify.annotations.NullMarked;
