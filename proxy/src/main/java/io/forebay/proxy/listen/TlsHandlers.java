package io.forebay.proxy.listen;

import io.forebay.proxy.tls.ServerTls;
import io.netty.channel.Channel;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/// Encrypts a connection that Vert.x takes for a plain one for HTTP/1.1: its own TLS would not let
/// anybody see a connection before the handshake, nor certificates be changed by name.
public final class TlsHandlers {

  private static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(10);

  private TlsHandlers() {}

  /// Before anything was read. HTTP/2 must not be among what `tls` offers.
  public static void addTo(Channel channel, ServerTls tls) {
    channel
        .pipeline()
        .addFirst(
            new TlsStart(tls, HANDSHAKE_TIMEOUT),
            new TlsProtocolChoice((_, _) -> {}, new LongAdder()));
  }
}
