package io.forebay.proxy.listen;

/// A moment's figures of the connections of clients; each of the counts only grows.
///
/// @param connections open now
/// @param connectionsRefused closed at once because too many were open
/// @param http2Connections open now, of these
/// @param handshakesFailed TLS handshakes that came to nothing
public record ListenFigures(
    int connections, long connectionsRefused, int http2Connections, long handshakesFailed) {}
