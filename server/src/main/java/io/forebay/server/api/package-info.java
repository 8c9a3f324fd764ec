/// **Role.** The API listener: one HTTP exchange from its head to its answer, the same for `/v1`
/// and for every adapter: route, access, body within bounds, an endpoint on a virtual thread, the
/// answer, its record.
///
/// **Goals.** Endpoints are plain blocking functions from [ApiRequest] to [ApiResponse]; nothing
/// here blocks an event loop, and request bodies in memory are bounded for all exchanges together.
///
/// **Non-goals.** No rule about caches lives here; pages are the proxy's.
///
/// **Start reading** at [ApiListener], then [ApiExchange], [ApiRoutes] and [ProblemType].
@NullMarked
package io.forebay.server.api;

import org.jspecify.annotations.NullMarked;
