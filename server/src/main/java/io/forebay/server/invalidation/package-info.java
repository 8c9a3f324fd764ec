/// **Role.** The one way in for everything that people and clients have invalidated: the API, the
/// routes in Fastly's and Cloudflare's shapes, `PURGE` and `BAN` on the proxy, and later adapters.
///
/// ```
/// orders → checked: are the caches there?  → audit: begun → log: in force, kept → passed on downstream
///        → waited for, as asked → audit: ended → answer with the receipt
/// ```
///
/// **Goals.** No second path: who is answered "done" has a receipt, a row in the audit, and its
/// order on the way to every target downstream. A refusal has changed nothing.
///
/// **Non-goals.** Reading orders (`server.purge`, `server.v1`), who may give them
/// (`server.access`), and putting them in force (the engine).
///
/// **Start reading** at [InvalidationService].
@NullMarked
package io.forebay.server.invalidation;

import org.jspecify.annotations.NullMarked;
