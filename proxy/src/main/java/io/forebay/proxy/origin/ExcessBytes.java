package io.forebay.proxy.origin;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.function.BooleanSupplier;

/// Stands before an origin connection's codec and looks whether it leaves bytes unread at the end
/// of a response. Then it closes the connection, so that they do not become part of the next
/// response (RFC 9112 §9.2, §11.1).
final class ExcessBytes extends ChannelInboundHandlerAdapter {

  private final BooleanSupplier isBusy;

  /// @param isBusy whether a response is still coming
  ExcessBytes(BooleanSupplier isBusy) {
    this.isBusy = isBusy;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
    if (!(message instanceof ByteBuf bytes)) {
      super.channelRead(context, message);
      return;
    }
    bytes.retain();
    try {
      super.channelRead(context, bytes);
      if (!isBusy.getAsBoolean() && bytes.isReadable()) {
        var _ = context.close();
      }
    } finally {
      bytes.release();
    }
  }
}
