package io.forebay.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.cache.testing.Mutations;
import io.forebay.http.ForwardedElement;
import io.forebay.http.HttpFields;
import io.forebay.proxy.tls.Credentials;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Every parser that a client's bytes reach, with bytes that are nearly right: each exchange ends,
/// nothing is stored but the honest page, memory stays, and honest clients are served all the time.
@SuppressWarnings("StringConcatToTextBlock") // of messages every byte counts
@Tag("checker")
class FuzzedClientTest {

  private static final long SEED = Long.getLong("forebay.seed", System.nanoTime());

  private static final List<String> HTTP1 =
      List.of(
          "GET /p HTTP/1.1\r\nHost: x\r\n\r\n",
          "GET http://x/p?q=1 HTTP/1.1\r\n"
              + "Host: x\r\n"
              + "Range: bytes=0-1\r\n"
              + "If-None-Match: \"a\"\r\n\r\n",
          "POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello",
          "POST /p HTTP/1.1\r\n"
              + "Host: x\r\n"
              + "Transfer-Encoding: chunked\r\n\r\n"
              + "5;a=\"b\"\r\n"
              + "hello\r\n"
              + "0\r\n"
              + "T: v\r\n\r\n",
          "GET /p HTTP/1.1\r\n"
              + "Host: x\r\n"
              + "Connection: upgrade\r\n"
              + "Upgrade: echo\r\n"
              + "Forwarded: for=a;by=b\r\n"
              + "Cookie: a=b\r\n\r\n");

  private static final List<String> PIECES =
      List.of(
          "\r\n",
          "\n",
          "\r",
          ":",
          " ",
          "\t",
          ",",
          "\0",
          "\u00ff",
          "HTTP/1.1",
          "chunked",
          "0",
          "-1",
          "Content-Length: 3\r\n",
          "Transfer-Encoding: chunked\r\n",
          "Host: b\r\n",
          "ffffffffffff");

  private static byte[] mutated(Random random, byte[] from) {
    StringBuilder text = new StringBuilder(new String(from, StandardCharsets.ISO_8859_1));
    Mutations.mutate(text, 1 + random.nextInt(4), random, PIECES);
    return text.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  private static byte[] http1(Random random) {
    StringBuilder bytes = new StringBuilder();
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      bytes.append(HTTP1.get(random.nextInt(HTTP1.size())));
    }
    return mutated(random, bytes.toString().getBytes(StandardCharsets.ISO_8859_1));
  }

  /// Mostly well-formed frames in odd orders, then a few bytes changed anywhere.
  private static byte[] http2(Random random) {
    var bytes = new java.io.ByteArrayOutputStream();
    bytes.writeBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
    frame(bytes, 4, 0, 0, RawHttp2Client.settings(4, random.nextInt(1 << 17)));
    for (int i = random.nextInt(20); i > 0; i--) {
      int stream = random.nextInt(8) == 0 ? random.nextInt(1 << 16) : 1 + 2 * random.nextInt(6);
      int flags = random.nextInt(3) == 0 ? random.nextInt(256) : random.nextInt(2) + 4;
      switch (random.nextInt(8)) {
        case 0, 1, 2 -> frame(bytes, 1, flags, stream, RawHttp2Client.get("/p", "a", "b"));
        case 3 -> frame(bytes, 0, flags & 9, stream, new byte[random.nextInt(2_000)]);
        case 4 -> frame(bytes, 8, 0, stream, RawHttp2Client.int32(random.nextInt()));
        case 5 -> frame(bytes, 3, 0, stream, RawHttp2Client.int32(8));
        default -> {
          byte[] payload = new byte[random.nextInt(64)];
          random.nextBytes(payload);
          frame(bytes, random.nextInt(12), random.nextInt(256), stream, payload);
        }
      }
    }
    return random.nextBoolean() ? bytes.toByteArray() : mutated(random, bytes.toByteArray());
  }

  private static void frame(
      java.io.ByteArrayOutputStream to, int type, int flags, int stream, byte[] payload) {
    to.write(payload.length >> 16);
    to.write(payload.length >> 8);
    to.write(payload.length);
    to.write(type);
    to.write(flags);
    to.writeBytes(RawHttp2Client.int32(stream));
    to.writeBytes(payload);
  }

  private static void exchange(int port, byte[] bytes) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(50);
      socket.getOutputStream().write(bytes);
      socket.shutdownOutput();
      socket.getInputStream().readAllBytes();
    } catch (IOException refused) {
      // The proxy may close the connection whenever it likes, or wait for more.
      return;
    }
  }

  @Test
  void nearlyRightClientsHarmNobody() throws Exception {
    run(Duration.ofSeconds(3));
  }

  @Test
  @Tag("long")
  void nearlyRightClientsHarmNobodyForTenMinutes() throws Exception {
    run(Duration.ofMinutes(10));
  }

  private static void run(Duration howLong) throws Exception {
    System.out.println("FuzzedClientTest: -Dforebay.seed=" + SEED);
    Random random = new Random(SEED);
    try (ProxyUnderTest proxy = new ProxyUnderTest()) {
      proxy.origin.page("/p", "not to be kept", "Cache-Control", "no-store");
      proxy.origin.page("/honest", "honest", "Cache-Control", "max-age=3600");
      proxy.getStored("/honest");
      long end = System.nanoTime() + howLong.toNanos();
      long before = 0;
      for (int round = 0; System.nanoTime() - end < 0; round++) {
        exchange(proxy.port, random.nextBoolean() ? http1(random) : http2(random));
        parse(random);
        if (round % 50 == 0) {
          assertThat(proxy.get("/honest").body()).as("seed %d", SEED).isEqualTo("honest");
          proxy.origin.forget();
        }
        if (round == 500) {
          before = usedBytes();
        }
      }
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(() -> {
            ProxyFigures figures = proxy.proxy.figures();
            assertThat(figures.exchangesUnderWay()).as("seed %d", SEED).isZero();
            assertThat(figures.fillBytes()).as("seed %d", SEED).isZero();
            assertThat(figures.connections().http2Connections()).as("seed %d", SEED).isZero();
          });
      assertThat(proxy.records)
          .as("seed %d", SEED)
          .noneMatch(record -> record.reason().startsWith("internal error"));
      // The cache's own count has the notes that a URL is not to be collapsed on, too.
      assertThat(proxy.records)
          .as("seed %d", SEED)
          .filteredOn(record -> record.cacheStatus().filter(status -> status.stored()).isPresent())
          .allMatch(record -> record.target().equals("/honest"));
      if (before > 0) {
        proxy.records.clear();
        assertThat(usedBytes() - before).as("growth, seed %d", SEED).isLessThan(128 << 20);
      }
    }
  }

  private static void parse(Random random) {
    String forwarded = "for=\"[2001:db8::1]:80\";host=a;proto=https, for=192.0.2.1";
    String mutant =
        new String(
            mutated(random, forwarded.getBytes(StandardCharsets.ISO_8859_1)),
            StandardCharsets.ISO_8859_1);
    assertThat(ForwardedElement.parse(HttpFields.of("Forwarded", mutant))).isNotNull();
    String pem =
        "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
            + "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIA==\n-----END EC PRIVATE KEY-----\n";
    String bad =
        new String(
            mutated(random, pem.getBytes(StandardCharsets.ISO_8859_1)),
            StandardCharsets.ISO_8859_1);
    assertThat(Credentials.read(bad, bad)).isInstanceOf(Credentials.Reading.Bad.class);
  }

  private static long usedBytes() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
