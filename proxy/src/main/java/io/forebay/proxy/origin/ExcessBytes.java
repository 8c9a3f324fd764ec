package io.forebay.proxy.origin;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.function.BooleanSupplier;

/// Stands before an origin connection's codec and looks whether it leaves bytes unread at the end
/// of a response. Then it closes the connection, so that they do not become part of the next
/// response (RFC 9112 §9.2, §11.1).
///
/// Where a line came in two pieces, the codec has joined them in a buffer of its own, into which
/// nobody can look: such a connection is not to be used again.
final class ExcessBytes extends ChannelInboundHandlerAdapter {

  private final BooleanSupplier isBusy;
  private final Runnable onDoubt;

  /// Whether the codec may have bytes that it has not used.
  private boolean isHolding;

  /// @param isBusy whether a response is still coming
  /// @param onDoubt called at the end of a response behind which there may be more
  ExcessBytes(BooleanSupplier isBusy, Runnable onDoubt) {
    this.isBusy = isBusy;
    this.onDoubt = onDoubt;
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
      boolean isOver = !isBusy.getAsBoolean();
      if (isOver && bytes.isReadable()) {
        var _ = context.close();
      } else if (isOver && isHolding) {
        onDoubt.run();
      }
      isHolding |= bytes.isReadable();
    } finally {
      bytes.release();
    }
  }
}
