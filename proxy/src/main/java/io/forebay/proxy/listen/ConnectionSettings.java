package io.forebay.proxy.listen;

import io.forebay.proxy.tls.ServerTls;
import java.time.Duration;
import java.util.Optional;

/// What holds for the connections of clients, whatever they ask.
///
/// @param maxConnections open at once; more are closed at once
/// @param headerTimeout how long a client may take for a request's header section, or for what
///   comes before the first: a TLS handshake, the PROXY protocol's header, HTTP/2's preface
/// @param maxFields field lines of a request
/// @param trusted proxies whose word on the client, the scheme and the host counts
/// @param proxyProtocol whether connections from these begin with the PROXY protocol's header, and
///   no others are accepted
/// @param http2 whether HTTP/2 is spoken
/// @param maxStreams requests of one HTTP/2 connection under way at once
/// @param tls the listener for TLS, if there is one
public record ConnectionSettings(
    int maxConnections,
    Duration headerTimeout,
    int maxFields,
    TrustedNetworks trusted,
    boolean proxyProtocol,
    boolean http2,
    int maxStreams,
    Optional<TlsListener> tls) {

  /// @param port 0 for any free one
  public record TlsListener(String host, int port, ServerTls tls) {}
}
