package io.forebay.proxy.fast;

/// The head of an answer over HTTP/2 as its bytes (RFC 7541), which neither need nor change a
/// connection's dynamic table: good for all connections.
///
/// @param bytes not to be changed
@SuppressWarnings("ArrayRecordComponent")
public record HeaderBlock(byte[] bytes) {}
