package io.forebay.proxy.listen;

import io.forebay.proxy.tls.ServerTls;
import io.netty.handler.ssl.SniHandler;
import java.time.Duration;

/// Reads the first message of a TLS client, chooses the certificate by the name in it, and makes
/// room for the handler that speaks TLS.
final class TlsStart extends SniHandler {

  /// Longer ones are no client's; the usual ones have a few hundred bytes, two thousand with
  /// post-quantum keys.
  private static final int MAX_CLIENT_HELLO_BYTES = 16 * 1024;

  TlsStart(ServerTls tls, Duration handshakeTimeout) {
    super(tls::contextFor, MAX_CLIENT_HELLO_BYTES, handshakeTimeout.toMillis());
  }
}
