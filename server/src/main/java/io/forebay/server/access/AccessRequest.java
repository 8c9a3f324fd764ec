package io.forebay.server.access;

import java.util.Optional;

/// What the decision looks at, as the client sent it.
///
/// @param authority the `Host` field or `:authority`; empty if there is none
/// @param origin the `Origin` field
/// @param authorization the `Authorization` field
/// @param needed the role that the endpoint asks for; empty if it is open to all
public record AccessRequest(
    Optional<String> authority,
    Optional<String> origin,
    Optional<String> authorization,
    Optional<Role> needed) {}
