package io.forebay.proxy.listen;

import io.forebay.proxy.listen.http1.StrictRequestDecoder;
import io.forebay.proxy.listen.http2.Http2Hits;
import io.forebay.proxy.listen.http2.Http2Sessions;
import io.forebay.proxy.tls.ServerTls;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/// Prepares new connections. Vert.x has put its HTTP/1.1 handlers in place; before them come, each
/// only where it is needed, and each leaving when it is done; and the decoder becomes a strict one:
///
/// ```
/// socket → ProxyHeaderHandler → TLS → protocol choice → httpDecoder → httpEncoder → … → handler
///                                          └ HTTP/2: Http2Session in place of all that follow
/// ```
final class ConnectionSetup {

  /// The name of Vert.x's request decoder, before which others stand.
  static final String DECODER = "httpDecoder";

  private final ConnectionSettings settings;
  private final ConnectionLimit limit;
  private final Http2Sessions http2;
  private final int maxHeaderBytes;
  private final LongAdder handshakesFailed = new LongAdder();
  private final LongAdder proxyHeadersRefused = new LongAdder();

  ConnectionSetup(ConnectionSettings settings, int maxHeaderBytes, Http2Sessions http2) {
    this.settings = settings;
    this.maxHeaderBytes = maxHeaderBytes;
    this.limit = new ConnectionLimit(settings.maxConnections());
    this.http2 = http2;
  }

  /// Prepares a connection, on its event loop, before anything was read.
  ///
  /// @param tls with what it is encrypted; empty if it is not
  /// @param hits answers fresh hits, if it turns out to speak HTTP/2
  /// @return whether it is taken; else it is closed again
  boolean prepare(Channel channel, Optional<ServerTls> tls, Optional<Http2Hits> hits) {
    if (!limit.take(channel)) {
      var _ = channel.close();
      return false;
    }
    String ip = ClientConnection.ipOf(channel.remoteAddress());
    ClientConnection connection =
        new ClientConnection(ip, settings.trusted().contains(ip), tls.isPresent());
    if (settings.proxyProtocol() && !connection.isTrusted()) {
      proxyHeadersRefused.increment();
      var _ = channel.close();
      return false;
    }
    connection.attachTo(channel);
    Http2Switch toHttp2 = (pipe, last) -> speakHttp2(pipe, last, hits);
    ChannelPipeline pipeline = channel.pipeline();
    StrictRequestDecoder decoder =
        new StrictRequestDecoder(maxHeaderBytes, settings.maxFields(), settings.headerTimeout());
    pipeline.replace(DECODER, DECODER, decoder);
    if (tls.isPresent()) {
      pipeline.addFirst(
          new TlsStart(tls.get(), settings.headerTimeout()),
          new TlsProtocolChoice(toHttp2, handshakesFailed));
    } else {
      pipeline.addBefore(DECODER, "lingeringClose", new LingeringClose(decoder::isUnread));
      if (settings.http2()) {
        pipeline.addFirst(new PrefaceChoice(toHttp2, settings.headerTimeout()));
      }
    }
    if (settings.proxyProtocol()) {
      pipeline.addFirst(
          new ProxyHeaderHandler(
              settings.trusted(), settings.headerTimeout(), proxyHeadersRefused));
    }
    return true;
  }

  /// Replaces everything for HTTP/1.1 behind `last` by an HTTP/2 session.
  private void speakHttp2(ChannelPipeline pipeline, String last, Optional<Http2Hits> hits) {
    boolean isBehind = false;
    for (String name : pipeline.names()) {
      if (isBehind && pipeline.get(name) != null) {
        pipeline.remove(name);
      }
      isBehind |= name.equals(last);
    }
    http2.addTo(pipeline, hits);
  }

  /// Replaces the handlers for HTTP/1.1 by those for HTTP/2.
  interface Http2Switch {
    /// @param last the name of the handler behind which everything is replaced
    void speakHttp2(ChannelPipeline pipeline, String last);
  }

  int connections() {
    return limit.open();
  }

  long connectionsRefused() {
    return limit.refused();
  }

  /// Connections closed because of the PROXY protocol: from others than trusted networks, or
  /// without a proper header.
  long proxyHeadersRefused() {
    return proxyHeadersRefused.sum();
  }

  long handshakesFailed() {
    return handshakesFailed.sum();
  }
}
