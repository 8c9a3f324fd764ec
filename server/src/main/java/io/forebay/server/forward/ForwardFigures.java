package io.forebay.server.forward;

/// The forwarder's figures, all targets together; all but the first only grow.
///
/// @param pending orders that wait or are being sent
public record ForwardFigures(
    long pending, long delivered, long failed, long retries, long queueFull) {}
