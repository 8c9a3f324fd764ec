package io.forebay.proxy.origin;

import java.time.Duration;

/// How long an origin may take.
///
/// @param connect to get a connection, waiting for a free one included
/// @param firstByte from the request to the response head
/// @param idle between two parts of a body, either way
public record OriginTimeouts(Duration connect, Duration firstByte, Duration idle) {}
