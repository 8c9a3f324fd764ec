/// **Role.** What every API does with keys and values: the named caches, the rules for what may be
/// stored, and the operations on entries. `/v1` and the adapters for other systems stand on it.
///
/// **Goals.** Each rule lives once, here; every outcome is a value that says what was wrong and
/// what was expected.
///
/// **Non-goals.** No HTTP, no JSON, no sockets.
///
/// **Start reading** at [EntryService], then [CacheRegistry] and [EntryRules].
@NullMarked
package io.forebay.server.caches;

import org.jspecify.annotations.NullMarked;
