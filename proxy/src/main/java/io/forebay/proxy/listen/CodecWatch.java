package io.forebay.proxy.listen;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;

/// Stands behind the codec, and knows how far the one request is that it was lent: whether the
/// codec took it for exactly one, and whether it is answered.
///
/// Of the connection's event loop.
final class CodecWatch extends ChannelDuplexHandler {

  private final Runnable onFree;
  private int requests;
  private boolean isRequestOver;
  private boolean isResponding;
  private boolean isResponseOver;
  private boolean isLast;
  private boolean isOdd;

  /// @param onFree called when a request and its response are over
  CodecWatch(Runnable onFree) {
    this.onFree = onFree;
  }

  /// The codec gets the next request.
  void begin() {
    requests = 0;
    isRequestOver = false;
    isResponding = false;
    isResponseOver = false;
  }

  /// Whether the codec has found one request, and its end, or not yet, as it should.
  boolean hasOneRequest(boolean withEnd) {
    return requests == 1 && isRequestOver == withEnd && !isOdd;
  }

  boolean isOver() {
    return isRequestOver && isResponseOver;
  }

  /// Whether the connection ends with the response.
  boolean isLast() {
    return isLast;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
    if (message instanceof HttpRequest request) {
      requests++;
      isOdd |= request.decoderResult().isFailure();
    }
    if (message instanceof LastHttpContent end) {
      isRequestOver = true;
      isOdd |= end.decoderResult().isFailure();
    }
    super.channelRead(context, message);
    if (message instanceof LastHttpContent && isOver()) {
      onFree.run();
    }
  }

  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise)
      throws Exception {
    if (message instanceof HttpResponse response && response.status().code() >= 200) {
      isResponding = true;
      isLast |=
          response
              .headers()
              .containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE, true);
    }
    boolean isEnd = isResponding && message instanceof LastHttpContent;
    super.write(context, message, promise);
    if (isEnd) {
      isResponding = false;
      isResponseOver = true;
      if (isOver()) {
        onFree.run();
      }
    }
  }
}
