package io.forebay.proxy.origin;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.handler.codec.dns.DatagramDnsQuery;
import io.netty.handler.codec.dns.DatagramDnsQueryDecoder;
import io.netty.handler.codec.dns.DatagramDnsResponse;
import io.netty.handler.codec.dns.DatagramDnsResponseEncoder;
import io.netty.handler.codec.dns.DefaultDnsRawRecord;
import io.netty.handler.codec.dns.DnsQuestion;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.handler.codec.dns.DnsSection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/// A real name server on loopback that answers from a zone which a test fills and changes.
public final class TestingDnsServer implements AutoCloseable {

  /// How it treats questions.
  public enum Mode {
    WELL,
    /// No answer at all.
    SILENT,
    SERVER_FAILURE
  }

  /// @param data in hexadecimal
  private record Entry(DnsRecordType type, long ttl, String data) {}

  private final Map<String, List<Entry>> zone = new ConcurrentHashMap<>();
  private final MultiThreadIoEventLoopGroup loop =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final AtomicInteger asked = new AtomicInteger();
  private final Channel channel;
  private volatile Mode mode = Mode.WELL;

  public TestingDnsServer() throws InterruptedException {
    channel =
        new Bootstrap()
            .group(loop)
            .channel(NioDatagramChannel.class)
            .handler(
                new ChannelInitializer<NioDatagramChannel>() {
                  @Override
                  protected void initChannel(NioDatagramChannel datagrams) {
                    datagrams
                        .pipeline()
                        .addLast(
                            new DatagramDnsQueryDecoder(),
                            new DatagramDnsResponseEncoder(),
                            new Answers());
                  }
                })
            .bind(InetAddress.getLoopbackAddress(), 0)
            .sync()
            .channel();
  }

  public InetSocketAddress address() {
    return (InetSocketAddress) channel.localAddress();
  }

  public void mode(Mode other) {
    mode = other;
  }

  /// Questions so far.
  public int asked() {
    return asked.get();
  }

  /// From now on the name has these addresses, and none before.
  public TestingDnsServer addresses(String name, long ttl, String... addresses) {
    List<Entry> records = new CopyOnWriteArrayList<>();
    for (String address : addresses) {
      byte[] bytes = bytes(address);
      records.add(
          new Entry(
              bytes.length == 4 ? DnsRecordType.A : DnsRecordType.AAAA,
              ttl,
              HexFormat.of().formatHex(bytes)));
    }
    zone.put(name + ".", records);
    return this;
  }

  private static byte[] bytes(String address) {
    try {
      return InetAddress.getByName(address).getAddress();
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  /// Forgets the name.
  public void remove(String name) {
    zone.remove(name + ".");
  }

  /// Adds an SRV record to the name.
  public TestingDnsServer service(
      String name, long ttl, int priority, int weight, int port, String target) {
    ByteBuf data = Unpooled.buffer();
    data.writeShort(priority).writeShort(weight).writeShort(port);
    for (String label : target.split("\\.", -1)) {
      data.writeByte(label.length()).writeCharSequence(label, StandardCharsets.US_ASCII);
    }
    data.writeByte(0);
    byte[] bytes = new byte[data.readableBytes()];
    data.readBytes(bytes).release();
    zone.computeIfAbsent(name + ".", _ -> new CopyOnWriteArrayList<>())
        .add(new Entry(DnsRecordType.SRV, ttl, HexFormat.of().formatHex(bytes)));
    return this;
  }

  private final class Answers extends SimpleChannelInboundHandler<DatagramDnsQuery> {
    @Override
    protected void channelRead0(ChannelHandlerContext context, DatagramDnsQuery query) {
      asked.incrementAndGet();
      if (mode == Mode.SILENT) {
        return;
      }
      DnsQuestion question = query.recordAt(DnsSection.QUESTION);
      List<Entry> records = zone.get(question.name());
      DnsResponseCode code =
          mode == Mode.SERVER_FAILURE
              ? DnsResponseCode.SERVFAIL
              : records == null ? DnsResponseCode.NXDOMAIN : DnsResponseCode.NOERROR;
      DatagramDnsResponse response =
          new DatagramDnsResponse(
              /* sender= */ query.recipient(),
              /* recipient= */ query.sender(),
              query.id(),
              query.opCode(),
              code);
      response.addRecord(DnsSection.QUESTION, question);
      if (code.equals(DnsResponseCode.NOERROR) && records != null) {
        for (Entry record : records) {
          if (record.type().equals(question.type())) {
            response.addRecord(
                DnsSection.ANSWER,
                new DefaultDnsRawRecord(
                    question.name(),
                    record.type(),
                    record.ttl(),
                    Unpooled.wrappedBuffer(HexFormat.of().parseHex(record.data()))));
          }
        }
      }
      var _ = context.writeAndFlush(response);
    }
  }

  @Override
  public void close() {
    channel.close().syncUninterruptibly();
    var _ = loop.shutdownGracefully();
  }
}
