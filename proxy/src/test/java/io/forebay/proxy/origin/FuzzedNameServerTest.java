package io.forebay.proxy.origin;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.cache.testing.Mutations;
import io.forebay.proxy.body.Wait;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// A name server whose replies are nearly right, each followed by one that is right: a look-up
/// finds something or says why not, and a name that is asked for honestly is found all the time.
@Tag("checker")
class FuzzedNameServerTest {

  private static final int HEADER_BYTES = 12;
  private static final int THREADS = 16;

  private static final int A = 1;
  private static final int SRV = 33;

  private static final List<String> PIECES =
      List.of(
          "\0",
          "\0\0",
          "\u00ff",
          "\u00ff\u00ff",
          "\u00c0\u000c",
          "\u00c0\0",
          "\u00c0\u00ff",
          "?",
          "\0\u0001\0\u0001",
          "\0\u0005\0\u0001",
          "\0\u001c\0\u0001",
          "\0!\0\u0001",
          "\0)",
          "\u0004test\0",
          "\u007f\u00ff\u00ff\u00ff");

  /// What it says of each odd reply is not of interest here. Held, or it would be forgotten.
  private static final Logger SILENT = Logger.getLogger("io.netty.resolver.dns");

  static {
    SILENT.setLevel(Level.OFF);
  }

  private final long seed = Long.getLong("forebay.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final DatagramSocket socket;

  FuzzedNameServerTest() throws IOException {
    socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
  }

  @Test
  void nearlyRightRepliesHarmNobody() throws Exception {
    run(Duration.ofSeconds(2));
  }

  @Test
  @Tag("long")
  void nearlyRightRepliesHarmNobodyForTenMinutes() throws Exception {
    run(Duration.ofMinutes(10));
  }

  private void run(Duration howLong) throws Exception {
    System.out.println("FuzzedNameServerTest: -Dforebay.seed=" + seed);
    Thread.ofVirtual().start(this::serve);
    Vertx vertx = Vertx.vertx();
    long end = System.nanoTime() + howLong.toNanos();
    AtomicInteger found = new AtomicInteger();
    Queue<Throwable> unexpected = new ConcurrentLinkedQueue<>();
    List<InetSocketAddress> servers = List.of((InetSocketAddress) socket.getLocalSocketAddress());
    try (var threads = Executors.newFixedThreadPool(THREADS, Thread.ofVirtual().factory())) {
      for (int i = 0; i < THREADS; i++) {
        threads.execute(() -> {
          try (NameLookup lookup = new NameLookup(vertx, servers)) {
            do {
              found.addAndGet(look(lookup) ? 1 : 0);
            } while (System.nanoTime() - end < 0);
            assertThat(lookup.addresses("honest.test"))
                .extracting(InetAddress::getHostAddress)
                .containsExactly("192.0.2.7");
          } catch (IOException | RuntimeException | AssertionError e) {
            unexpected.add(e);
          }
        });
      }
    } finally {
      socket.close();
      Wait.on(vertx.close(), Duration.ofSeconds(20), "Vert.x's end");
    }
    assertThat(unexpected).as("seed %d", seed).isEmpty();
    assertThat(found.get()).as("seed %d", seed).isPositive();
  }

  /// @return whether anything was found; that nothing was is said by an [IOException] alone
  private static boolean look(NameLookup lookup) {
    try {
      for (NameLookup.Service service : lookup.services("_web._tcp.fuzz.test")) {
        assertThat(service.port()).isBetween(0, 65_535);
        assertThat(service.target()).isNotNull();
      }
      return !lookup.addresses("fuzz.test").isEmpty();
    } catch (IOException nothing) {
      return false;
    } finally {
      lookup.timeToLive();
    }
  }

  private void serve() {
    byte[] buffer = new byte[1_500];
    while (!socket.isClosed()) {
      try {
        DatagramPacket asked = new DatagramPacket(buffer, buffer.length);
        socket.receive(asked);
        byte[] query = Arrays.copyOf(buffer, asked.getLength());
        byte[] reply = reply(query);
        if (!new String(query, ISO_8859_1).contains("honest")) {
          send(mutated(reply), asked);
        }
        send(reply, asked);
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void send(byte[] packet, DatagramPacket asked) throws IOException {
    socket.send(new DatagramPacket(packet, packet.length, asked.getSocketAddress()));
  }

  /// Its number stays, or it would be nobody's answer.
  private byte[] mutated(byte[] reply) {
    StringBuilder text = new StringBuilder(new String(reply, 2, reply.length - 2, ISO_8859_1));
    Mutations.mutate(text, 1 + random.nextInt(4), random, PIECES);
    ByteBuf packet = Unpooled.buffer().writeBytes(reply, 0, 2);
    packet.writeCharSequence(text, ISO_8859_1);
    return ByteBufUtil.getBytes(packet);
  }

  /// Two records of the kind that is asked for, names in the compressed form (RFC 1035 §4.1.4).
  private static byte[] reply(byte[] query) {
    int end = HEADER_BYTES;
    while (query[end] != 0) {
      end += query[end] + 1;
    }
    int type = query[end + 1] << 8 | (query[end + 2] & 0xff);
    int questionEnd = end + 5;
    int answers = type == A || type == SRV ? 1 : 0;
    ByteBuf reply = Unpooled.buffer();
    reply.writeBytes(query, 0, 2).writeShort(0x8180).writeShort(1).writeShort(answers);
    reply.writeShort(0).writeShort(0);
    reply.writeBytes(query, HEADER_BYTES, questionEnd - HEADER_BYTES);
    if (answers > 0) {
      reply.writeShort(0xc000 | HEADER_BYTES).writeShort(type).writeShort(1).writeInt(60);
    }
    if (type == A) {
      reply.writeShort(4).writeInt(0xc0000207);
    } else if (type == SRV) {
      byte[] target = "\u0003app\u0004test\0".getBytes(ISO_8859_1);
      reply.writeShort(6 + target.length).writeShort(1).writeShort(2).writeShort(8080);
      reply.writeBytes(target);
    }
    return ByteBufUtil.getBytes(reply);
  }
}
