package io.forebay.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.cache.testing.Mutations;
import io.forebay.http.caching.CachePolicy;
import io.forebay.proxy.origin.OriginTimeouts;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Clients and origins that send almost HTTP: whatever they do, each exchange ends, nothing stays
/// behind, and the next honest client is served.
@Tag("checker")
class FuzzedPeersTest {

  private static final Duration QUICK = Duration.ofMillis(300);

  private static final List<String> RESPONSES =
      List.of(
          "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 5\r\n\r\nhello",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X\r\nETag: \"a\"\r\n\r\n5\r\nhello\r\n0\r\nX: 1\r\n\r\n",
          "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 404 No\r\nVary: Accept\r\nContent-Length: 0\r\n\r\n",
          "HTTP/1.1 206 Part\r\nContent-Range: bytes 0-4/9\r\nETag: \"a\"\r\nContent-Length: 5\r\n\r\nhello",
          "HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\n\r\n",
          "HTTP/1.1 503 Busy\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno");

  /// What is not for the store.
  private static final List<String> PASSED =
      List.of(
          "HTTP/1.1 200 OK\r\nCache-Control: no-store\r\nContent-Length: 5\r\n\r\nhello",
          "HTTP/1.1 200 OK\r\nCache-Control: no-store\r\nKeep-Alive: timeout=2\r\nContent-Length: 5\r\n\r\nhello",
          "HTTP/1.1 200 OK\r\nCache-Control: no-store\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX: 1\r\n\r\n",
          "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 404 No\r\nCache-Control: private\r\nContent-Length: 0\r\n\r\n",
          "HTTP/1.1 204 No\r\nCache-Control: no-store\r\n\r\n",
          "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 5\r\n\r\nhello",
          "HTTP/1.1 503 Busy\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno");

  private static final List<String> REQUESTS =
      List.of(
          "GET /p HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
          "GET http://a/p?q HTTP/1.1\r\nHost: a\r\nTE: trailers\r\nConnection: close, TE\r\n\r\n",
          "HEAD /p HTTP/1.1\r\nHost: a\r\nIf-None-Match: \"a\"\r\nConnection: close\r\n\r\n",
          "GET /p HTTP/1.1\r\nHost: a\r\nRange: bytes=0-1,3-\r\nConnection: close\r\n\r\n",
          "POST /p HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
          "PUT /p HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\nConnection: close\r\n\r\nab");

  private static final List<String> PIECES =
      List.of(
          "\r\n",
          "\n",
          "\r",
          ":",
          " ",
          "\t",
          ",",
          "\"",
          "\0",
          "\u00ff",
          "HTTP/1.1",
          "HTTP/2.0",
          "0",
          "-1",
          "99999999999999999999",
          "Content-Length: 3\r\n",
          "Transfer-Encoding: gzip, chunked\r\n",
          "Transfer-Encoding: chunked\r\n",
          "Connection: close\r\n",
          "Host: b\r\n",
          "100",
          "101",
          "999");

  /// A few places replaced, doubled, dropped or filled with pieces.
  private static String mutated(Random random, List<String> from) {
    StringBuilder text = new StringBuilder(from.get(random.nextInt(from.size())));
    Mutations.mutate(text, random.nextInt(4), random, PIECES);
    return text.toString();
  }

  @Test
  void everyExchangeEndsAndTheNextIsServed() throws Exception {
    run(20260601, 150);
  }

  @Test
  @Tag("long")
  void everyExchangeEndsAndTheNextIsServedForLong() throws Exception {
    run(System.nanoTime(), 6_000);
  }

  private static void run(long seed, int rounds) throws Exception {
    Random script = new Random(seed);
    AtomicInteger honest = new AtomicInteger();
    try (RawOrigin origin =
            new RawOrigin((head, _) -> {
              if (head.startsWith("GET /honest")) {
                honest.incrementAndGet();
                return "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 6\r\n\r\nhonest";
              }
              // The rest of a body that was not read: an answer to it would be taken for that of
              // the next request.
              if (!head.matches("(?s)(GET|HEAD|POST|PUT) \\S+ HTTP/1\\.1\\n.*")) {
                return RawOrigin.CLOSE;
              }
              synchronized (script) {
                return mutated(script, RESPONSES);
              }
            });
        ProxyUnderTest proxy =
            new ProxyUnderTest(
                CachePolicy.defaults(),
                new OriginTimeouts(Duration.ofSeconds(5), QUICK, QUICK),
                origin.address())) {
      Random random = new Random(seed + 1);
      try (var threads = Executors.newFixedThreadPool(8, Thread.ofVirtual().factory())) {
        for (int round = 0; round < rounds; round++) {
          String request = mutated(random, REQUESTS);
          threads.execute(() -> exchange(proxy.port, request));
        }
      }
      proxy.assertNothingIsLeft(seed);
      for (int i = 0; i < 10; i++) {
        String path = "/honest?" + i;
        // A loaded machine may need longer than the origin is given here.
        HttpResponse<String> answer =
            Awaitility.await()
                .until(() -> proxy.get(path), response -> response.statusCode() != 504);
        assertThat(answer.body()).as("seed %d", seed).isEqualTo("honest");
      }
      assertThat(honest.get()).isGreaterThanOrEqualTo(10);
    }
  }

  @Test
  void whatIsPassedThroughEndsToo() throws Exception {
    runPassed(20261126, 150);
  }

  @Test
  @Tag("long")
  void whatIsPassedThroughEndsTooForLong() throws Exception {
    runPassed(System.nanoTime(), 6_000);
  }

  /// Each page proves unshareable, and is asked for again on the same connection: the origin then
  /// answers with almost HTTP.
  private static void runPassed(long seed, int rounds) throws Exception {
    Random script = new Random(seed);
    Set<String> marked = ConcurrentHashMap.newKeySet();
    Map<String, String> answered = new ConcurrentHashMap<>();
    try (RawOrigin origin =
            new RawOrigin((head, _) -> {
              String target = head.split(" ", 3)[1];
              if (marked.add(target) || target.equals("/honest")) {
                return "HTTP/1.1 200 OK\r\nCache-Control: no-store\r\nContent-Length: 6\r\n\r\nhonest";
              }
              synchronized (script) {
                String answer = mutated(script, PASSED);
                answered.merge(target, answer, (before, more) -> before + " and " + more);
                return answer;
              }
            });
        ProxyUnderTest proxy =
            new ProxyUnderTest(
                CachePolicy.defaults(),
                new OriginTimeouts(Duration.ofSeconds(5), QUICK, QUICK),
                origin.address())) {
      Queue<String> stuck = new ConcurrentLinkedQueue<>();
      try (var threads = Executors.newFixedThreadPool(8, Thread.ofVirtual().factory())) {
        for (int round = 0; round < rounds; round++) {
          String target = "/" + round;
          threads.execute(() ->
              passed(proxy.port, target)
                  .ifPresent(why -> stuck.add(why + "; the origin said " + answered.get(target))));
        }
      }
      assertThat(stuck).as("seed %d", seed).isEmpty();
      proxy.assertNothingIsLeft(seed);
      assertThat(proxy.answeredFast).hasValueGreaterThan(rounds / 2);
    }
  }

  /// @return what a client that is not served to the end has got
  private static Optional<String> passed(int port, String target) {
    String get = "GET %s HTTP/1.1\r\nHost: a\r\n\r\n";
    try (RawClient client = new RawClient(port)) {
      // To the ends of answers, and not to what is hoped for: on a loaded machine any may be 504.
      client.send(get.formatted(target));
      client.readUntil("\r\n\r\n");
      client.send(
          get.formatted(target)
              + get.formatted("/honest")
              + "GET /honest HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
      client.readToEnd();
      return Optional.empty();
    } catch (SocketTimeoutException late) {
      return Optional.of(target + ": " + late.getMessage());
    } catch (IOException closed) {
      // An answer that does not come to its end takes the connection with it.
      return Optional.empty();
    }
  }

  private static void exchange(int port, String request) {
    try (RawClient client = new RawClient(port)) {
      client.waitAtMost(QUICK.multipliedBy(3));
      client.send(request);
      client.readToEnd();
    } catch (IOException refused) {
      // The proxy may close the connection whenever it likes.
      return;
    }
  }
}
