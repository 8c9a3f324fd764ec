package io.forebay.proxy.listen;

import io.forebay.proxy.tls.ServerTls;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.util.concurrent.atomic.LongAdder;

/// Waits for the TLS handshake and speaks the protocol that was agreed on in it (ALPN, RFC 7301);
/// HTTP/1.1 if none was.
final class TlsProtocolChoice extends ChannelInboundHandlerAdapter {

  private final ConnectionSetup.Http2Switch http2;
  private final LongAdder failed;

  TlsProtocolChoice(ConnectionSetup.Http2Switch http2, LongAdder failed) {
    this.http2 = http2;
    this.failed = failed;
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
    if (!(event instanceof SslHandshakeCompletionEvent handshake)) {
      super.userEventTriggered(context, event);
      return;
    }
    if (!handshake.isSuccess()) {
      failed.increment();
      var _ = context.close();
      return;
    }
    SslHandler tls = context.pipeline().get(SslHandler.class);
    if (tls != null && ServerTls.HTTP_2.equals(tls.applicationProtocol())) {
      http2.speakHttp2(context.pipeline(), context.name());
    }
    context.pipeline().remove(this);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    // What is wrong with a handshake is the client's affair, and the event above has counted it.
    var _ = context.close();
  }
}
