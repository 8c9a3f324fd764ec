/// **Role.** One HTTP exchange from listener to delivery.
///
/// **Goals.** The whole request on one page ([ExchangeHandler]); every decision taken by a pure
/// function of `http-semantics` and only carried out here; one fetch for many clients; bounded
/// memory.
///
/// **Non-goals.** The rules of HTTP caching, settings files, the key-value API.
///
/// **Start reading** at [ExchangeHandler], then [OriginAnswers] and [io.forebay.proxy.fetch.Fetch].
/// [PassThrough] is the same for what an event loop passes through.
@NullMarked
package io.forebay.proxy;

import org.jspecify.annotations.NullMarked;
