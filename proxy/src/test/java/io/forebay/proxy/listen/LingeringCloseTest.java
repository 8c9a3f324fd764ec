package io.forebay.proxy.listen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A server that answers the first bytes of a connection and closes it, twice.
class LingeringCloseTest {

  private final MultiThreadIoEventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final CompletableFuture<Channel> served = new CompletableFuture<>();
  private final List<ChannelFuture> closes = new CopyOnWriteArrayList<>();
  private Channel server;

  @BeforeEach
  void start() throws InterruptedException {
    server =
        new ServerBootstrap()
            .group(loops)
            .channel(NioServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel.pipeline().addLast(new LingeringClose(() -> true), new Answer());
                  }
                })
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .sync()
            .channel();
  }

  @AfterEach
  void end() {
    var _ = server.close();
    var _ = loops.shutdownGracefully(0, 0, TimeUnit.SECONDS);
  }

  private final class Answer extends SimpleChannelInboundHandler<ByteBuf> {
    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf more) {
      if (served.complete(context.channel())) {
        var _ = context.writeAndFlush(Unpooled.copiedBuffer(new byte[] {'a'}));
        closes.add(context.channel().close());
        closes.add(context.channel().close());
      }
    }
  }

  private Socket connect() throws IOException {
    return new Socket(
        InetAddress.getLoopbackAddress(), ((InetSocketAddress) server.localAddress()).getPort());
  }

  @Test
  void theAnswerArrivesThoughTheClientGoesOnSending() throws Exception {
    try (Socket client = connect()) {
      client.getOutputStream().write(1);
      await().until(() -> closes.size() == 2);
      for (int i = 0; i < 100; i++) {
        client.getOutputStream().write(new byte[1_000]);
      }
      assertThat(client.getInputStream().readAllBytes()).containsExactly('a');
    }
    await().until(() -> closes.stream().allMatch(ChannelFuture::isSuccess));
    assertThat(served.get().isOpen()).isFalse();
  }

  @Test
  void aClientThatDoesNotCloseIsNotWaitedForForEver() throws Exception {
    try (Socket client = connect()) {
      client.getOutputStream().write(1);
      await().until(() -> closes.size() == 2 && closes.stream().allMatch(ChannelFuture::isSuccess));
      assertThat(served.get().isOpen()).isFalse();
    }
  }
}
