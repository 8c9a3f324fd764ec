package io.forebay.proxy.listen;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Tells HTTP/2 with prior knowledge (RFC 9113 §3.3) from HTTP/1.1 by the first bytes of a
/// connection.
final class PrefaceChoice extends ByteToMessageDecoder {

  private static final ByteBuf PREFACE = Http2CodecUtil.connectionPrefaceBuf();

  private final ConnectionSetup.Http2Switch http2;
  private final Duration timeout;
  private @Nullable Future<?> deadline;

  /// @param timeout for the rest of a preface that has begun
  PrefaceChoice(ConnectionSetup.Http2Switch http2, Duration timeout) {
    this.http2 = http2;
    this.timeout = timeout;
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
    int compared = Math.min(in.readableBytes(), PREFACE.readableBytes());
    for (int i = 0; i < compared; i++) {
      if (in.getByte(in.readerIndex() + i) != PREFACE.getByte(i)) {
        context.pipeline().remove(this);
        return;
      }
    }
    if (compared == PREFACE.readableBytes()) {
      http2.speakHttp2(context.pipeline(), context.name());
      context.pipeline().remove(this);
    } else if (deadline == null) {
      deadline =
          context
              .executor()
              .schedule(
                  () -> {
                    var _ = context.close();
                  },
                  timeout.toNanos(),
                  TimeUnit.NANOSECONDS);
    }
  }

  @Override
  protected void handlerRemoved0(ChannelHandlerContext context) {
    if (deadline != null) {
      deadline.cancel(false);
    }
  }
}
