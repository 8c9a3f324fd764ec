package io.forebay.proxy.listen;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/// Closes a connection in two steps when the client may still be sending: first our direction,
/// then, when the client has closed too or had time enough to read, all of it. Closed at once, the
/// system would reset the connection, and our last answer could be lost (RFC 9112 §9.6).
public final class LingeringClose extends ChannelOutboundHandlerAdapter {

  private static final long LINGER_MILLIS = 1_000;

  private final BooleanSupplier isUnread;
  private boolean isClosing;

  /// @param isUnread whether more may come that nobody is going to read; asked on the event loop
  public LingeringClose(BooleanSupplier isUnread) {
    this.isUnread = isUnread;
  }

  @Override
  public void close(ChannelHandlerContext context, ChannelPromise promise) {
    if (isClosing) {
      // Whoever fails to write meanwhile asks again: that must not end what is under way.
      channelClosed(context, promise);
      return;
    }
    if (!isUnread.getAsBoolean()
        || !(context.channel() instanceof DuplexChannel channel)
        || !channel.isActive()) {
      var _ = context.close(promise);
      return;
    }
    isClosing = true;
    var _ = channel.shutdownOutput();
    // What comes is dropped by whoever reads it.
    channel.config().setAutoRead(true);
    var timer =
        context
            .executor()
            .schedule(
                () -> {
                  var _ = context.close();
                },
                LINGER_MILLIS,
                TimeUnit.MILLISECONDS);
    channel.closeFuture().addListener(_ -> timer.cancel(false));
    channelClosed(context, promise);
  }

  private static void channelClosed(ChannelHandlerContext context, ChannelPromise promise) {
    context.channel().closeFuture().addListener(_ -> promise.trySuccess());
  }
}
