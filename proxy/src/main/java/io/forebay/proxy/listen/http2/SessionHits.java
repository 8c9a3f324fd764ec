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

/// The fresh hits of one connection that are answered on its event loop.
///
/// Netty makes no streams of them ([HitsReader]), and their frames are written past its encoder,
/// all of one read together. So the session writes them ([#write]) before anything else of its own
/// that must not overtake them.
///
/// None is begun for a client that does not take answers as fast as it gets them: what does not fit
/// into its windows, and anything while the socket is full, is an exchange's, which can wait.
final class SessionHits {

  /// Its block fits into every client's frames, whatever it is made of.
  private static final int MOST_HEAD_BYTES = Http2CodecUtil.MAX_FRAME_SIZE_LOWER_BOUND / 2;

  private final Http2Connection connection;
  private final Http2ConnectionEncoder encoder;
  private final Http2Sessions owner;
  private final Http2Hits hits;
  private Settings settings = Settings.AWAITED;
  private int lastAnswered;
  private boolean hasUnwritten;
  private int underWay;
  private long movedNanos;
  private Runnable allTaken = () -> {};

  private enum Settings {
    /// What the client sends begins with them.
    AWAITED,
    /// No header block was written since.
    NEW,
    KNOWN
  }

  SessionHits(Http2ConnectionEncoder encoder, Http2Sessions owner, Http2Hits hits) {
    this.connection = encoder.connection();
    this.encoder = encoder;
    this.owner = owner;
    this.hits = hits;
  }

  /// The client has set something anew, or for the first time: so begins what it sends.
  void settingsChanged() {
    settings = Settings.NEW;
  }

  /// @param action whenever the client has taken all answers
  void whenAllTaken(Runnable action) {
    allTaken = action;
  }

  /// The last stream that a hit was answered on; 0 if there is none.
  int lastAnswered() {
    return lastAnswered;
  }

  /// Whether a stream ended with a hit, or never may begin since a later one did; unknown to Netty.
  boolean isAnswered(int streamId) {
    return streamId <= lastAnswered
        && streamId > connection.remote().lastStreamCreated()
        && connection.remote().isValidStreamId(streamId);
  }

  /// Answers a request without content by a fresh hit, to be written, if that is certain.
  boolean answer(ChannelHandlerContext context, int streamId, Http2Headers request)
      throws Http2Exception {
    long now = hits.nanoTime();
    boolean isFound =
        isNew(streamId)
            && context.channel().isWritable()
            && owner.admission().hasRoom()
            && hits.find(
                request,
                owner.rules().maxFields(),
                () -> ClientConnection.of(context.channel()).hop(),
                this::hasRoomFor,
                now);
    if (!isFound) {
      return false;
    }
    lastAnswered = streamId;
    int bodyBytes = hits.bodyBytes();
    if (bodyBytes > 0) {
      encoder.flowController().incrementWindowSize(connection.connectionStream(), -bodyBytes);
    }
    int mostFrameBytes = encoder.configuration().frameSizePolicy().maxFrameSize();
    hasUnwritten = true;
    hits.append(context.alloc(), streamId, tableSize(), mostFrameBytes, now);
    if (hits.answers.isFull()) {
      write(context);
      context.flush();
    }
    return true;
  }

  /// Whether a request may begin a stream, which Netty would make.
  private boolean isNew(int streamId) {
    var client = connection.remote();
    return settings != Settings.AWAITED
        && streamId > lastAnswered
        && streamId > client.lastStreamCreated()
        && client.isValidStreamId(streamId)
        && client.canOpenStream()
        && !connection.goAwaySent();
  }

  /// What the first header block after new settings begins with (RFC 7541 §4.2).
  private ByteBuf tableSize() throws Http2Exception {
    if (settings == Settings.KNOWN) {
      return Unpooled.EMPTY_BUFFER;
    }
    settings = Settings.KNOWN;
    ByteBuf update = Unpooled.buffer();
    headersEncoder().encodeHeaders(0, EmptyHttp2Headers.INSTANCE, update);
    return update;
  }

  private Http2HeadersEncoder headersEncoder() {
    return (Http2HeadersEncoder) encoder.configuration().headersConfiguration();
  }

  /// Whether the client takes so much now, on a new stream.
  private boolean hasRoomFor(int headBytes, int bodyBytes) {
    var flow = encoder.flowController();
    return flow.initialWindowSize() >= bodyBytes
        && flow.windowSize(connection.connectionStream()) >= bodyBytes
        && headBytes <= MOST_HEAD_BYTES;
  }

  /// Writes what was answered, to be flushed.
  void write(ChannelHandlerContext context) {
    if (!hasUnwritten) {
      return;
    }
    hasUnwritten = false;
    if (!hits.answers.hasUnwritten()) {
      return; // there was no room for it
    }
    ByteBuf out = hits.answers.takeOut(context.alloc(), underWay > 0);
    Answers.Uncounted uncounted = hits.answers.takeUncounted();
    if (underWay++ == 0) {
      owner.admission().begin();
      movedNanos = hits.nanoTime();
    }
    context.write(out).addListener(written -> written(written.isSuccess(), uncounted));
  }

  private void written(boolean isTaken, Answers.Uncounted answers) {
    movedNanos = hits.nanoTime();
    if (isTaken) {
      answers.count(movedNanos);
    }
    if (--underWay == 0) {
      owner.admission().end();
      allTaken.run();
    }
  }

  /// Lets the socket take what it can, before anyone concludes that it is full.
  void flushIfFull(ChannelHandlerContext context) {
    if (!context.channel().isWritable()) {
      context.flush();
    }
  }

  /// Whether the client has not taken all answers yet: they count as one exchange.
  boolean areUnderWay() {
    return hasUnwritten || underWay > 0;
  }

  /// How long ago one was answered last.
  long idleNanos() {
    return lastAnswered == 0 ? Long.MAX_VALUE : hits.nanoTime() - movedNanos;
  }

  /// Whether answers are on their way, and for so long none has arrived.
  boolean areStalled(long nanos) {
    return underWay > 0 && hits.nanoTime() - movedNanos > nanos;
  }
}
