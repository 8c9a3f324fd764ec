package io.forebay.proxy.listen.http2;

import io.forebay.proxy.fast.Answers;
import io.forebay.proxy.listen.ClientConnection;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.EmptyHttp2Headers;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Stream;

/// The fresh hits of one connection that are answered on its event loop.
///
/// Their frames are written past Netty's encoder, all of one read together. So the session writes
/// them ([#write]) before anything else of its own that must not overtake them, and their streams
/// are closed at once.
///
/// None is begun for a client that does not take answers as fast as it gets them: what does not fit
/// into its windows, and anything while the socket is full, is an exchange's, which can wait.
final class SessionHits {

  /// In HTTP/2 each field counts 32 bytes more (RFC 9113 §6.5.2), in HTTP/1.1 it has 5 at least.
  private static final int MOST_GROWTH = 8;

  private final Http2Connection connection;
  private final Http2ConnectionEncoder encoder;
  private final Http2Sessions owner;
  private final Http2Hits hits;
  private boolean haveSettingsChanged = true;
  private int underWay;
  private long movedNanos;

  SessionHits(Http2Session session, Http2Sessions owner, Http2Hits hits) {
    this.connection = session.connection();
    this.encoder = session.encoder();
    this.owner = owner;
    this.hits = hits;
  }

  /// The client has set something anew.
  void settingsChanged() {
    haveSettingsChanged = true;
  }

  /// Answers a request without content by a fresh hit, to be written, if that is certain.
  boolean answer(ChannelHandlerContext context, Http2Stream stream, Http2Headers request)
      throws Http2Exception {
    long now = hits.nanoTime();
    boolean isFound =
        context.channel().isWritable()
            && owner.admission().hasRoom()
            && hits.find(
                request,
                owner.rules().maxFields(),
                () -> ClientConnection.of(context.channel()).hop(),
                (headBytes, bodyBytes) -> isTaken(stream, headBytes, bodyBytes),
                now);
    if (!isFound) {
      return false;
    }
    int bodyBytes = hits.bodyBytes();
    if (bodyBytes > 0) {
      encoder.flowController().incrementWindowSize(connection.connectionStream(), -bodyBytes);
    }
    int mostFrameBytes = encoder.configuration().frameSizePolicy().maxFrameSize();
    hits.append(context.alloc(), stream.id(), tableSize(), mostFrameBytes, now);
    if (hits.answers.isFull()) {
      write(context);
    }
    return true;
  }

  /// What the first header block after new settings begins with (RFC 7541 §4.2).
  private ByteBuf tableSize() throws Http2Exception {
    if (!haveSettingsChanged) {
      return Unpooled.EMPTY_BUFFER;
    }
    haveSettingsChanged = false;
    ByteBuf update = Unpooled.buffer();
    headersEncoder().encodeHeaders(0, EmptyHttp2Headers.INSTANCE, update);
    return update;
  }

  private Http2HeadersEncoder headersEncoder() {
    return (Http2HeadersEncoder) encoder.configuration().headersConfiguration();
  }

  /// Whether the client takes so much now.
  private boolean isTaken(Http2Stream stream, int headBytes, int bodyBytes) {
    var flow = encoder.flowController();
    long headListBytes = (long) MOST_GROWTH * headBytes;
    return flow.windowSize(stream) >= bodyBytes
        && flow.windowSize(connection.connectionStream()) >= bodyBytes
        && headListBytes <= Http2CodecUtil.MAX_FRAME_SIZE_LOWER_BOUND
        && headListBytes <= encoder.configuration().headersConfiguration().maxHeaderListSize();
  }

  /// Writes what was answered, to be flushed.
  void write(ChannelHandlerContext context) {
    if (!hits.answers.hasUnwritten()) {
      return;
    }
    owner.admission().begin();
    if (underWay++ == 0) {
      movedNanos = hits.nanoTime();
    }
    Answers.Uncounted uncounted = hits.answers.takeUncounted();
    context
        .write(hits.answers.takeOut())
        .addListener(written -> {
          owner.admission().end();
          underWay--;
          movedNanos = hits.nanoTime();
          if (written.isSuccess()) {
            uncounted.count(movedNanos);
          }
        });
  }

  /// Whether answers are on their way, and for so long none has arrived.
  boolean areStalled(long nanos) {
    return underWay > 0 && hits.nanoTime() - movedNanos > nanos;
  }
}
