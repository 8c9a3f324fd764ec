package io.forebay.benchmarks.proxy;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/// The least that a server on this machine, in Java, can do for a request: a Netty pipeline with
/// one handler, which looks for the ends of request heads and writes the same bytes for each. It
/// understands nothing of what it is asked.
///
/// Run as a program from its source file, with Netty's jars on the class path.
public final class Floor {

  private Floor() {}

  /// @param arguments `port=bytes` each: where to listen, and how long the body is
  public static void main(String[] arguments) throws InterruptedException {
    var loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    for (String argument : arguments) {
      String[] parts = argument.split("=", 2);
      ByteBuf response = response(Integer.parseInt(parts[1]));
      new ServerBootstrap()
          .group(loops)
          .channel(EpollServerSocketChannel.class)
          .childOption(ChannelOption.TCP_NODELAY, true)
          .childHandler(
              new ChannelInitializer<Channel>() {
                @Override
                protected void initChannel(Channel channel) {
                  channel.pipeline().addLast(new Answers(response));
                }
              })
          .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(parts[0])))
          .sync();
    }
    Thread.currentThread().join();
  }

  /// With about the fields that a page from a cache has.
  private static ByteBuf response(int bodyBytes) {
    String head =
        """
        HTTP/1.1 200 OK\r
        Server: nginx\r
        Date: Wed, 01 Jan 2025 00:00:00 GMT\r
        Content-Type: text/html\r
        Content-Length: %d\r
        Last-Modified: Wed, 01 Jan 2025 00:00:00 GMT\r
        ETag: "12345678-400"\r
        Expires: Wed, 01 Jan 2025 01:00:00 GMT\r
        Cache-Control: max-age=3600\r
        Accept-Ranges: bytes\r
        Age: 10\r
        Cache-Status: floor; hit; ttl=3590\r
        \r
        """
            .formatted(bodyBytes);
    byte[] bytes = head.getBytes(StandardCharsets.ISO_8859_1);
    ByteBuf response = Unpooled.directBuffer(bytes.length + bodyBytes);
    return response
        .writeBytes(bytes)
        .writeBytes("x".repeat(bodyBytes).getBytes(StandardCharsets.ISO_8859_1));
  }

  private static final class Answers extends ChannelInboundHandlerAdapter {

    private static final int END = '\r' << 24 | '\n' << 16 | '\r' << 8 | '\n';

    private final ByteBuf response;
    // The last four bytes seen, so that a head may come in pieces.
    private int last;

    Answers(ByteBuf response) {
      this.response = response;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      ByteBuf bytes = (ByteBuf) message;
      try {
        for (int i = bytes.readerIndex(); i < bytes.writerIndex(); i++) {
          last = last << 8 | (bytes.getByte(i) & 0xff);
          if (last == END) {
            var _ = context.write(response.retainedDuplicate(), context.voidPromise());
          }
        }
      } finally {
        bytes.release();
      }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
      context.flush();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      var _ = context.close();
    }
  }
}
