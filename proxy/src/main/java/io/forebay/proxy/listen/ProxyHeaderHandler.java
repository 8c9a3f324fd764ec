package io.forebay.proxy.listen;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// Takes the PROXY protocol's header off a connection and notes whom it names. Without a proper one
/// in time, the connection is closed: the protocol forbids guessing.
final class ProxyHeaderHandler extends ByteToMessageDecoder {

  private final TrustedNetworks trusted;
  private final Duration timeout;
  private final LongAdder refused;
  private @Nullable Future<?> deadline;

  ProxyHeaderHandler(TrustedNetworks trusted, Duration timeout, LongAdder refused) {
    this.trusted = trusted;
    this.timeout = timeout;
    this.refused = refused;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    deadline =
        context.executor().schedule(() -> refuse(context), timeout.toNanos(), TimeUnit.NANOSECONDS);
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
    switch (ProxyHeader.read(in)) {
      case ProxyHeader.Reading.Incomplete() -> {}
      case ProxyHeader.Reading.Bad(var _) -> {
        in.skipBytes(in.readableBytes());
        refuse(context);
      }
      case ProxyHeader.Reading.Good(var header) -> {
        header
            .client()
            .ifPresent(ip -> {
              ClientConnection direct = ClientConnection.of(context.channel());
              new ClientConnection(ip, trusted.contains(ip), direct.isTls())
                  .attachTo(context.channel());
            });
        context.pipeline().remove(this);
      }
    }
  }

  private void refuse(ChannelHandlerContext context) {
    refused.increment();
    var _ = context.close();
  }

  @Override
  protected void handlerRemoved0(ChannelHandlerContext context) {
    if (deadline != null) {
      deadline.cancel(false);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) throws Exception {
    if (deadline != null) {
      deadline.cancel(false);
    }
    super.channelInactive(context);
  }
}
