package io.forebay.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.cache.testing.Mutations;
import io.forebay.proxy.origin.Origin;
import io.forebay.proxy.origin.OriginTimeouts;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// An origin whose HTTP/2 frames are nearly right: each exchange ends, nothing stays behind, and
/// what it answers properly is served.
@Tag("checker")
class FuzzedHttp2OriginTest {

  private static final Duration QUICK = Duration.ofMillis(300);
  private static final int PREFACE_BYTES = 24;
  private static final int AT_ONCE = 8;

  private static final List<String> PIECES =
      List.of(
          "\0",
          "\0\0\0",
          "\u0001",
          "\u0004",
          "\u0005",
          "\u00ff",
          "\u0080",
          "@",
          "\u00be",
          "\0\0\0\u0004\u0001\0\0\0\0",
          "\0\0\u0004\u0003\0\0\0\0\u0001\0\0\0\u0008",
          "\0\0\u0008\u0007\0\0\0\0\0\0\0\0\0\0\0\0\0",
          "\0\0\u0001\u0009\u0004\0\0\0\u0001\u0088");

  /// What it says of each odd reply is not of interest here. Held, or it would be forgotten.
  private static final List<Logger> SILENT =
      List.of(Logger.getLogger("io.vertx"), Logger.getLogger("io.netty.handler.codec.http2"));

  static {
    SILENT.forEach(logger -> logger.setLevel(Level.OFF));
  }

  private final long seed = Long.getLong("forebay.seed", System.nanoTime());
  private final Random script = new Random(seed);
  private final AtomicInteger answered = new AtomicInteger();
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

  @Test
  void everyExchangeEndsAndWhatIsRightIsServed() throws Exception {
    run(Duration.ofSeconds(3));
  }

  @Test
  @Tag("long")
  void everyExchangeEndsAndWhatIsRightIsServedForTenMinutes() throws Exception {
    run(Duration.ofMinutes(10));
  }

  private void run(Duration howLong) throws Exception {
    System.out.println("FuzzedHttp2OriginTest: -Dforebay.seed=" + seed);
    OriginTimeouts timeouts = new OriginTimeouts(Duration.ofSeconds(5), QUICK, QUICK);
    try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      RawOrigin.serveEach(server, this::serve);
      Origin origin = new Origin("127.0.0.1", server.getLocalPort(), false);
      try (ProxyUnderTest proxy = new ProxyUnderTest(timeouts, origin)) {
        long end = System.nanoTime() + howLong.toNanos();
        AtomicInteger asked = new AtomicInteger();
        try (var threads = Executors.newFixedThreadPool(AT_ONCE, Thread.ofVirtual().factory())) {
          for (int i = 0; i < AT_ONCE; i++) {
            threads.execute(() -> {
              do {
                ask(proxy.port, "/" + asked.incrementAndGet());
              } while (System.nanoTime() - end < 0);
            });
          }
        }
        proxy.assertNothingIsLeft(seed);
        assertThat(answered.get()).as("seed %d", seed).isGreaterThan(AT_ONCE);
        for (int i = 0; i < 10; i++) {
          String path = "/honest?" + i;
          // A connection that was spoilt is noticed by a request; a loaded machine may be late.
          HttpResponse<String> answer =
              Awaitility.await("seed " + seed)
                  .until(() -> answer(proxy, path), got -> got.statusCode() == 200);
          assertThat(answer.body()).as("seed %d", seed).isEqualTo("honest");
        }
      }
    }
  }

  private HttpResponse<String> answer(ProxyUnderTest proxy, String path) throws Exception {
    HttpResponse<String> answer = proxy.get(path);
    if (answer.statusCode() == 431) {
      beginAnew();
    }
    return answer;
  }

  /// The origin happened to say, in a setting, that it takes hardly any header section, which is
  /// believed for as long as the connection lives.
  private void beginAnew() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  private void ask(int port, String path) {
    try (RawClient client = new RawClient(port)) {
      client.waitAtMost(QUICK.multipliedBy(20));
      client.send("GET " + path + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
      if (client.readToEnd().startsWith("HTTP/1.1 431 ")) {
        beginAnew();
      }
    } catch (IOException cutOff) {
      // A body that breaks off takes the connection with it.
      return;
    }
  }

  /// One connection: settings, then an answer to each request, nearly right unless it is honest.
  private void serve(Socket socket) {
    sockets.add(socket);
    try (socket) {
      DataInputStream in = new DataInputStream(socket.getInputStream());
      in.readNBytes(PREFACE_BYTES);
      send(socket, frame(RawHttp2Client.SETTINGS, 0, 0, new byte[0]));
      while (true) {
        int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
        int type = in.readUnsignedByte();
        int flags = in.readUnsignedByte();
        int stream = in.readInt() & Integer.MAX_VALUE;
        byte[] payload = in.readNBytes(length);
        if (type == RawHttp2Client.SETTINGS && flags == 0) {
          send(socket, frame(RawHttp2Client.SETTINGS, RawHttp2Client.ACK, 0, new byte[0]));
        } else if (type == RawHttp2Client.HEADERS) {
          boolean isHonest = new String(payload, ISO_8859_1).contains("honest");
          answered.incrementAndGet();
          send(socket, isHonest ? honest(stream) : nearlyRight(stream));
        }
      }
    } catch (IOException gone) {
      // The proxy gave up on it, as it may.
      return;
    } finally {
      sockets.remove(socket);
    }
  }

  private static void send(Socket socket, String bytes) throws IOException {
    socket.getOutputStream().write(bytes.getBytes(ISO_8859_1));
  }

  private static String honest(int stream) {
    byte[] head = RawHttp2Client.block(":status", "200", "cache-control", "no-store");
    return frame(RawHttp2Client.HEADERS, RawHttp2Client.END_HEADERS, stream, head)
        + data(stream, "honest", true);
  }

  private static String data(int stream, String content, boolean isLast) {
    int flags = isLast ? RawHttp2Client.END_STREAM : 0;
    return frame(RawHttp2Client.DATA, flags, stream, content.getBytes(ISO_8859_1));
  }

  /// Mostly well-formed frames, some in odd orders; then perhaps a few bytes changed anywhere.
  private String nearlyRight(int stream) {
    synchronized (script) {
      StringBuilder frames = new StringBuilder();
      if (script.nextInt(4) == 0) {
        frames.append(head(stream, ":status", "103", "link", "</a>"));
      }
      String status = List.of("200", "200", "404", "204", "304", "099", "x").get(script.nextInt(7));
      frames.append(
          head(
              stream,
              ":status",
              status,
              "cache-control",
              script.nextBoolean() ? "max-age=60" : "no-store",
              script.nextInt(8) == 0 ? "Connection" : "etag",
              "\"a\"",
              script.nextInt(8) == 0 ? ":path" : "content-length",
              script.nextInt(4) == 0 ? "7" : "10"));
      for (int i = script.nextInt(4); i > 0; i--) {
        switch (script.nextInt(7)) {
          case 0, 1, 2 -> frames.append(data(stream, "hello", false));
          case 3 -> frames.append(frame(RawHttp2Client.PING, 0, 0, new byte[8]));
          case 4 ->
              frames.append(
                  frame(
                      RawHttp2Client.WINDOW_UPDATE,
                      0,
                      stream,
                      RawHttp2Client.int32(script.nextInt())));
          case 5 ->
              frames.append(
                  frame(
                      RawHttp2Client.SETTINGS,
                      0,
                      0,
                      RawHttp2Client.settings(script.nextInt(8), script.nextInt(1 << 20))));
          default ->
              frames.append(
                  frame(
                      script.nextInt(12),
                      script.nextInt(256),
                      script.nextBoolean() ? stream : script.nextInt(9),
                      new byte[script.nextInt(40)]));
        }
      }
      frames.append(
          script.nextInt(6) == 0 ? head(stream, "x-trailer", "1") : data(stream, "hello", true));
      if (script.nextInt(3) > 0) {
        Mutations.mutate(frames, 1 + script.nextInt(3), script, PIECES);
      }
      return frames.toString();
    }
  }

  private static String head(int stream, String... fields) {
    return frame(
        RawHttp2Client.HEADERS, RawHttp2Client.END_HEADERS, stream, RawHttp2Client.block(fields));
  }

  private static String frame(int type, int flags, int stream, byte[] payload) {
    ByteBuf frame = Unpooled.buffer();
    frame.writeMedium(payload.length).writeByte(type).writeByte(flags).writeInt(stream);
    frame.writeBytes(payload);
    return new String(ByteBufUtil.getBytes(frame), ISO_8859_1);
  }
}
