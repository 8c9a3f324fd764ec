package io.forebay.proxy.listen;

import io.forebay.proxy.listen.http2.Http2Sessions;
import io.forebay.proxy.tls.ServerTls;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/// Prepares new connections. Vert.x has put its HTTP/1.1 handlers in place; before them come, each
/// only where it is needed, and each leaving when it is done:
///
/// ```
/// socket → ProxyHeaderHandler → TLS → ProtocolChoice → httpDecoder → httpEncoder → … → handler
///                                         └ HTTP/2: Http2Session in place of all that follow
/// ```
final class ConnectionSetup {

  /// The name of Vert.x's request decoder, before which others stand.
  static final String DECODER = "httpDecoder";

  private final ConnectionSettings settings;
  private final ConnectionLimit limit;
  private final Http2Sessions http2;
  private final LongAdder handshakesFailed = new LongAdder();

  ConnectionSetup(ConnectionSettings settings, Http2Sessions http2) {
    this.settings = settings;
    this.limit = new ConnectionLimit(settings.maxConnections());
    this.http2 = http2;
  }

  /// Prepares a connection, on its event loop, before anything was read.
  ///
  /// @param tls with what it is encrypted; empty if it is not
  void prepare(Channel channel, Optional<ServerTls> tls) {
    if (!limit.take(channel)) {
      var _ = channel.close();
      return;
    }
    String ip = ClientConnection.ipOf(channel.remoteAddress());
    new ClientConnection(ip, settings.trusted().contains(ip), tls.isPresent()).attachTo(channel);
    ChannelPipeline pipeline = channel.pipeline();
    if (tls.isPresent()) {
      pipeline.addFirst(
          new TlsStart(tls.get(), settings.headerTimeout()),
          new TlsProtocolChoice(this::speakHttp2, handshakesFailed));
    } else if (settings.http2()) {
      pipeline.addFirst(new PrefaceChoice(this::speakHttp2, settings.headerTimeout()));
    }
  }

  /// Replaces everything for HTTP/1.1 behind `last` by an HTTP/2 session.
  private void speakHttp2(ChannelPipeline pipeline, String last) {
    boolean isBehind = false;
    for (String name : pipeline.names()) {
      if (isBehind && pipeline.get(name) != null) {
        pipeline.remove(name);
      }
      isBehind |= name.equals(last);
    }
    pipeline.addLast(http2.newSession());
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

  long handshakesFailed() {
    return handshakesFailed.sum();
  }
}
