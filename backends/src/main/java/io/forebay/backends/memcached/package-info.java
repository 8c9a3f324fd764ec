/// **Role.** Memcached as the tier that nodes share.
///
/// **Goals.** A value that was replaced or removed never comes back, however late a command arrives
/// and whatever Memcached evicts. Nothing is stored but by comparing and setting: against an item
/// of the same run of the server, whose number no other item ever has.
///
/// **Non-goals.** Keeping values when a server restarts; moving keys between servers when one is
/// gone, since what it had would come back with it.
///
/// **Start reading** at [MemcachedTier], then [MetaSession] for the protocol and [Item] for the
/// format.
@NullMarked
package io.forebay.backends.memcached;

import org.jspecify.annotations.NullMarked;
