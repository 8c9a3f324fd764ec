package io.forebay.proxy.listen;

import java.util.List;
import java.util.Map;

/// A moment's figures of the connections of clients; each of the counts only grows.
///
/// @param connections open now
/// @param connectionsRefused closed at once because too many were open
/// @param http2Connections open now, of these
/// @param handshakesFailed TLS handshakes that came to nothing
/// @param proxyHeadersRefused connections closed for want of the PROXY protocol's header from a
///   trusted proxy
/// @param requestsRefused requests refused because they were malformed, too large or too slow, by
///   the status of the answer; 0 for HTTP/2 streams that were reset
/// @param http2Errors HTTP/2 connections ended for what the client did, by the error it was told
public record ListenFigures(
    int connections,
    long connectionsRefused,
    int http2Connections,
    long handshakesFailed,
    long proxyHeadersRefused,
    Map<Integer, Long> requestsRefused,
    Map<String, Long> http2Errors) {

  /// The statuses in `requestsRefused`.
  public static final List<Integer> REFUSAL_STATUSES = List.of(0, 400, 408, 414, 431, 501, 505);

  public ListenFigures {
    requestsRefused = Map.copyOf(requestsRefused);
    http2Errors = Map.copyOf(http2Errors);
  }
}
