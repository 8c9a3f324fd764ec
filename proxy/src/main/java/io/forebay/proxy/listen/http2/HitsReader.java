package io.forebay.proxy.listen.http2;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2FrameReader;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import org.jspecify.annotations.Nullable;

/// Reads frames as Netty does, and has fresh hits answered before it makes streams of them. For
/// whatever comes later on such a stream it stands in for Netty, which does not know it: the stream
/// is closed (RFC 9113 §5.1).
final class HitsReader implements Http2FrameReader {

  private final Http2FrameReader frames;
  private final SessionHits hits;
  private final FrameLimit resets = FrameLimit.ofResets();
  private @Nullable Answering answering;

  HitsReader(Http2FrameReader frames, SessionHits hits) {
    this.frames = frames;
    this.hits = hits;
  }

  @Override
  @SuppressWarnings("ReferenceEquality")
  public void readFrame(ChannelHandlerContext context, ByteBuf input, Http2FrameListener listener)
      throws Http2Exception {
    Answering present = answering;
    if (present == null || present.behind() != listener) {
      present = new Answering(listener);
      answering = present;
    }
    try {
      frames.readFrame(context, input, present);
    } finally {
      hits.write(context);
      hits.flushIfFull(context);
    }
  }

  @Override
  public Configuration configuration() {
    return frames.configuration();
  }

  @Override
  public void close() {
    frames.close();
  }

  private final class Answering extends Http2FrameListenerDecorator {

    Answering(Http2FrameListener behind) {
      super(behind);
    }

    Http2FrameListener behind() {
      return listener;
    }

    @Override
    public void onHeadersRead(
        ChannelHandlerContext context,
        int streamId,
        Http2Headers headers,
        int padding,
        boolean endOfStream)
        throws Http2Exception {
      if (!isAnswered(context, streamId, headers, endOfStream)) {
        super.onHeadersRead(context, streamId, headers, padding, endOfStream);
      }
    }

    @Override
    public void onHeadersRead(
        ChannelHandlerContext context,
        int streamId,
        Http2Headers headers,
        int streamDependency,
        short weight,
        boolean exclusive,
        int padding,
        boolean endOfStream)
        throws Http2Exception {
      if (!isAnswered(context, streamId, headers, endOfStream)) {
        super.onHeadersRead(
            context, streamId, headers, streamDependency, weight, exclusive, padding, endOfStream);
      }
    }

    private boolean isAnswered(
        ChannelHandlerContext context, int streamId, Http2Headers headers, boolean endOfStream)
        throws Http2Exception {
      refuseMore(streamId);
      return endOfStream && hits.answer(context, streamId, headers);
    }

    @Override
    public int onDataRead(
        ChannelHandlerContext context, int streamId, ByteBuf data, int padding, boolean endOfStream)
        throws Http2Exception {
      refuseMore(streamId);
      return super.onDataRead(context, streamId, data, padding, endOfStream);
    }

    @Override
    public void onRstStreamRead(ChannelHandlerContext context, int streamId, long errorCode)
        throws Http2Exception {
      if (!hits.isAnswered(streamId)) {
        super.onRstStreamRead(context, streamId, errorCode);
      } else if (hits.areUnderWay()) { // else it may have crossed the answer, which is well
        resets.count();
      }
    }

    @Override
    public void onWindowUpdateRead(
        ChannelHandlerContext context, int streamId, int windowSizeIncrement)
        throws Http2Exception {
      if (!hits.isAnswered(streamId)) {
        super.onWindowUpdateRead(context, streamId, windowSizeIncrement);
      }
    }

    @Override
    public void onSettingsRead(ChannelHandlerContext context, Http2Settings settings)
        throws Http2Exception {
      hits.write(context); // behind our acknowledgement they would have to keep to the new ones
      super.onSettingsRead(context, settings);
      hits.settingsChanged();
    }

    private void refuseMore(int streamId) throws Http2Exception {
      if (hits.isAnswered(streamId)) {
        throw Http2Exception.connectionError(
            Http2Error.STREAM_CLOSED, "Stream %d had ended before", streamId);
      }
    }
  }
}
