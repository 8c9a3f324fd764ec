package io.forebay.proxy.origin;

import java.time.Duration;

/// How long an origin may take.
///
/// @param connect to make a connection; and before that, to wait for the right to one
/// @param firstByte from the request to the response head
/// @param idle between two parts of a body, either way
public record OriginTimeouts(Duration connect, Duration firstByte, Duration idle) {}
