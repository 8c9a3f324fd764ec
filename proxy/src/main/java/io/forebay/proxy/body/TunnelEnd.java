package io.forebay.proxy.body;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import io.vertx.core.streams.WriteStream;

/// One side of a tunnel: a connection that no longer speaks HTTP.
///
/// @param in paused
/// @param close ends the connection; idempotent
public record TunnelEnd(ReadStream<Buffer> in, WriteStream<Buffer> out, Runnable close) {}
