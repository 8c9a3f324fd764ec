/// **Role.** Forebay's own API, `/v1`: reads requests into the services' words and writes their
/// outcomes as HTTP. Described by `openapi.yaml`, which is served and tested.
///
/// **Goals.** Thin: what may be stored and what becomes of it is decided in
/// [io.forebay.server.caches]; here are only HTTP's own rules (preconditions, entity tags, fields).
///
/// **Non-goals.** No state.
///
/// **Start reading** at [V1Routes], then [EntryEndpoints].
@NullMarked
package io.forebay.server.v1;

import org.jspecify.annotations.NullMarked;
