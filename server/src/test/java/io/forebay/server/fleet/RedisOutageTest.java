package io.forebay.server.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.cache.testing.TestingRedis;
import io.forebay.server.TestingOrigin;
import io.forebay.server.TestingServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/// Requests go on while Redis hangs, is killed, and comes back: what memory or the origin can
/// answer is answered. Prints what happened when.
class RedisOutageTest {

  private static final Duration LONG = Duration.ofSeconds(60);
  private static final int CLIENTS = 6;
  private static final int REQUESTS_EACH = 300;
  private static final String KEPT = "/v1/caches/default/entries/kept";

  /// One request, as a client saw it.
  private record Request(long atNanos, long tookNanos, boolean failed) {}

  /// What a moment looked like.
  private record Look(
      long atNanos, String phase, boolean isBreakerOpen, boolean isConnected, boolean isSuspect) {}

  private final Queue<Request> requests = new ConcurrentLinkedQueue<>();
  private final Queue<Look> looks = new ConcurrentLinkedQueue<>();
  private final AtomicInteger pages = new AtomicInteger();
  private volatile String phase = "";
  private volatile boolean over;

  @Test
  void whatMemoryOrTheOriginCanAnswerIsAnsweredAllTheWhile() throws Exception {
    try (TestingRedis redis = TestingRedis.durable();
        TestingOrigin origin = new TestingOrigin();
        TestingServer server =
            TestingServer.start(
                """
                node: {name: a}
                redis: {url: "%s", survives_restarts: true}
                invalidation: {log: redis, lease: 2s}
                entries: {tier: redis}
                log: {exchanges: off}
                proxy: {origin: "%s", pages_tier: redis}
                """
                    .formatted(redis.url(), origin.url()));
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      await().atMost(LONG).until(() -> server.send("PUT", KEPT, "v").statusCode() < 300);
      List<Future<?>> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(threads.submit(() -> ask(server)));
      }
      clients.add(threads.submit(() -> look(server)));
      try {
        outage(redis, server);
      } finally {
        over = true;
      }
      for (Future<?> client : clients) {
        client.get();
      }
    }
    print();
    assertThat(requests.stream().filter(Request::failed).count()).isZero();
    assertThat(looks).anyMatch(Look::isSuspect).anyMatch(look -> !look.isConnected);
  }

  private void outage(TestingRedis redis, TestingServer server) throws Exception {
    phase("normal");
    redis.hang();
    phase("hung");
    await().atMost(LONG).until(() -> looks.stream().anyMatch(Look::isBreakerOpen));
    redis.resume();
    awaitUse(server);
    phase("after the hang");
    redis.kill();
    phase("killed");
    await().atMost(LONG).until(() -> isOn(server, "forebay_node_suspect"));
    redis.start();
    awaitUse(server);
    phase("after the kill");
  }

  /// Goes on until so many requests have been answered in it.
  private void phase(String name) {
    phase = name;
    int before = requests.size();
    await().atMost(LONG).until(() -> requests.size() >= before + REQUESTS_EACH);
  }

  private static void awaitUse(TestingServer server) {
    await()
        .atMost(LONG)
        .until(() ->
            isOn(server, "forebay_tier_connected")
                && !isOn(server, "forebay_tier_breaker_open")
                && !isOn(server, "forebay_node_suspect"));
  }

  private static boolean isOn(TestingServer server, String metric) {
    return isOn(server.get("/metrics").body(), metric);
  }

  private static boolean isOn(String metrics, String metric) {
    return metrics.contains("\n" + metric + " 1")
        || metrics.contains("\n" + metric + "{tier=\"redis\"} 1");
  }

  /// What is in memory, and pages that nobody has: for those the tier is asked, and the origin.
  private void ask(TestingServer server) {
    while (!over) {
      long began = System.nanoTime();
      int number = pages.incrementAndGet();
      int status =
          number % 2 == 0
              ? server.get(KEPT).statusCode()
              : server.getPage("/page" + number).statusCode();
      requests.add(new Request(began, System.nanoTime() - began, status != 200));
    }
  }

  private void look(TestingServer server) {
    while (!over) {
      long at = System.nanoTime();
      String metrics = server.get("/metrics").body();
      looks.add(
          new Look(
              at,
              phase,
              isOn(metrics, "forebay_tier_breaker_open"),
              isOn(metrics, "forebay_tier_connected"),
              isOn(metrics, "forebay_node_suspect")));
      LockSupport.parkNanos(250_000_000);
    }
  }

  private void print() {
    List<Look> moments = List.copyOf(looks);
    long start = moments.getFirst().atNanos;
    System.out.println("   s  requests  failed   P50 ms   P99 ms  breaker  tier  node     phase");
    for (int i = 0; i < moments.size(); i++) {
      Look look = moments.get(i);
      long end = i + 1 < moments.size() ? moments.get(i + 1).atNanos : Long.MAX_VALUE;
      List<Request> some =
          requests.stream()
              .filter(request -> request.atNanos >= look.atNanos && request.atNanos < end)
              .toList();
      System.out.printf(
          "%4.1f  %8d  %6d  %s  %s  %-7s  %-4s  %-7s  %s%n",
          (look.atNanos - start) / 1e9,
          some.size(),
          some.stream().filter(Request::failed).count(),
          percentile(some, 50),
          percentile(some, 99),
          look.isBreakerOpen ? "open" : "closed",
          look.isConnected ? "on" : "off",
          look.isSuspect ? "suspect" : "trusts",
          look.phase);
    }
  }

  private static String percentile(List<Request> some, int percent) {
    long[] sorted = some.stream().mapToLong(Request::tookNanos).toArray();
    Arrays.sort(sorted);
    return sorted.length == 0
        ? "      -"
        : "%7.1f"
            .formatted(sorted[Math.min(sorted.length - 1, sorted.length * percent / 100)] / 1e6);
  }
}
