package io.forebay.proxy.listen.http2;

import io.forebay.proxy.ExchangeMeter;
import io.forebay.proxy.listen.ClientConnection;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;

/// The fresh hits of one connection that are answered on its event loop.
///
/// None is begun for a client that does not take answers as fast as it gets them: what does not fit
/// into its windows, and anything while the socket is full, is an exchange's, which can wait.
final class SessionHits {

  private final Http2Connection connection;
  private final Http2ConnectionEncoder encoder;
  private final Http2Sessions owner;
  private final Http2Hits hits;
  private int underWay;
  private long movedNanos;

  SessionHits(Http2Session session, Http2Sessions owner, Http2Hits hits) {
    this.connection = session.connection();
    this.encoder = session.encoder();
    this.owner = owner;
    this.hits = hits;
  }

  /// Answers a request without content by a fresh hit, to be flushed, if that is certain.
  boolean answer(ChannelHandlerContext context, Http2Stream stream, Http2Headers request) {
    long now = hits.nanoTime();
    boolean isFound =
        context.channel().isWritable()
            && owner.admission().hasRoom()
            && hits.find(
                request,
                owner.rules().maxFields(),
                () -> ClientConnection.of(context.channel()).hop(),
                bytes -> isWindowOpen(stream, bytes),
                now);
    if (!isFound) {
      return false;
    }
    int bodyBytes = hits.bodyBytes();
    ChannelPromise written = begin(context, now, hits.meter(), bodyBytes);
    if (bodyBytes == 0) {
      var _ = encoder.writeHeaders(context, stream.id(), hits.head(), 0, true, written);
    } else {
      ChannelPromise headWritten = context.newPromise();
      var _ = encoder.writeHeaders(context, stream.id(), hits.head(), 0, false, headWritten);
      var _ = encoder.writeData(context, stream.id(), hits.body(), 0, true, written);
    }
    return true;
  }

  private boolean isWindowOpen(Http2Stream stream, int bytes) {
    var flow = encoder.flowController();
    return flow.windowSize(stream) >= bytes
        && flow.windowSize(connection.connectionStream()) >= bytes;
  }

  private ChannelPromise begin(
      ChannelHandlerContext context, long beganNanos, ExchangeMeter meter, int bodyBytes) {
    owner.admission().begin();
    if (underWay++ == 0) {
      movedNanos = beganNanos;
    }
    ChannelPromise written = context.newPromise();
    written.addListener(done -> {
      owner.admission().end();
      underWay--;
      movedNanos = hits.nanoTime();
      if (done.isSuccess()) {
        meter.count(movedNanos - beganNanos, bodyBytes);
      }
    });
    return written;
  }

  /// Whether answers are on their way, and for so long none has arrived.
  boolean areStalled(long nanos) {
    return underWay > 0 && hits.nanoTime() - movedNanos > nanos;
  }
}
