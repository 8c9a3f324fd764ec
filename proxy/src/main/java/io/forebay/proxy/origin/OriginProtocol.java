package io.forebay.proxy.origin;

/// What is spoken with an origin.
public enum OriginProtocol {
  /// HTTP/1.1.
  HTTP1,
  /// HTTP/2: over TLS if the origin agrees in the handshake (ALPN), else HTTP/1.1; without TLS from
  /// the first byte (prior knowledge).
  HTTP2
}
