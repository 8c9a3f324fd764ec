package io.forebay.server.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.forebay.backends.redis.FleetSettings;
import io.forebay.backends.redis.RedisServer;
import io.forebay.backends.redis.RedisSettings;
import io.forebay.backends.redis.RedisStreamsLog;
import io.forebay.backends.redis.RedisTier;
import io.forebay.cache.TimeSource;
import io.forebay.cache.testing.Opened;
import io.forebay.cache.testing.TestingRedis;
import io.forebay.cache.tier.FillStart;
import io.forebay.cache.tier.TierKey;
import io.forebay.cache.tier.TierObserver;
import io.forebay.server.ServerAssembly;
import io.forebay.server.StartOutcome;
import io.forebay.server.TestingDownstream;
import io.forebay.server.TestingServer;
import io.forebay.server.api.Json;
import io.forebay.server.settings.SettingsReader;
import io.forebay.server.settings.SettingsReading;
import io.forebay.server.settings.WrittenSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Two whole servers and one real Redis.
class FleetTest {

  private static final Duration LONG = Duration.ofSeconds(30);
  private static final String ENTRY = "/v1/caches/default/entries/k";

  @AutoClose private final Opened opened = new Opened();

  private static String settings(TestingRedis redis, String name) {
    return """
    node:
      name: %s
    redis:
      url: %s
      deadline: 10s
    invalidation:
      log: redis
      lease: 2s
    entries:
      tier: redis
    """
        .formatted(name, redis.url());
  }

  private TestingServer server(TestingRedis redis, String name) {
    return opened.add(TestingServer.start(settings(redis, name)));
  }

  private static String alarms(TestingServer server) {
    return server.get("/health/ready").body();
  }

  // ---- keys and values

  @Test
  void whatOneNodeWritesTheOtherReadsAndWhatItDeletesIsGone() {
    TestingRedis redis = opened.add(TestingRedis.inMemory());
    TestingServer a = server(redis, "a");
    TestingServer b = server(redis, "b");
    HttpResponse<String> put =
        a.send("PUT", ENTRY, "v", "Content-Type", "text/plain", "Cache-Tag", "t");
    assertThat(put.statusCode()).isEqualTo(201);
    HttpResponse<String> read = b.get(ENTRY);
    assertThat(read.body()).isEqualTo("v");
    assertThat(read.headers().firstValue("Content-Type")).contains("text/plain");
    assertThat(read.headers().firstValue("ETag")).isEqualTo(put.headers().firstValue("ETag"));
    assertThat(b.send("PUT", ENTRY, "w", "Content-Type", "text/plain").statusCode()).isEqualTo(204);
    await().atMost(LONG).until(() -> a.get(ENTRY).body().equals("w"));
    assertThat(a.send("DELETE", ENTRY, "").statusCode()).isEqualTo(204);
    await().atMost(LONG).until(() -> b.get(ENTRY).statusCode() == 404);
    assertThat(a.get("/metrics").body())
        .contains(
            "forebay_tier_call_duration_seconds_count{operation=\"write\",tier=\"redis\"} 1\n");
  }

  @Test
  void compareAndSetHoldsBetweenNodes() throws Exception {
    TestingRedis redis = opened.add(TestingRedis.inMemory());
    List<TestingServer> nodes = List.of(server(redis, "a"), server(redis, "b"));
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Integer>> adds = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        TestingServer node = nodes.get(i % 2);
        adds.add(() -> node.send("PUT", ENTRY, "v", "If-None-Match", "*").statusCode());
      }
      List<Integer> statuses = new ArrayList<>();
      for (Future<Integer> status : threads.invokeAll(adds)) {
        statuses.add(status.get());
      }
      assertThat(statuses).filteredOn(status -> status == 201).hasSize(1);
      assertThat(statuses).filteredOn(status -> status == 412).hasSize(19);
    }
  }

  @Test
  void withoutRedisMemoryAnswersAndWritesAreRefusedUntilItIsBack() {
    TestingRedis redis = opened.add(TestingRedis.inMemory());
    TestingServer a = server(redis, "a");
    a.send("PUT", ENTRY, "v", "Content-Type", "text/plain");
    assertThat(alarms(a)).doesNotContain("invalidation_log");
    redis.kill();
    await()
        .atMost(LONG)
        .until(() -> a.send("PUT", "/v1/caches/default/entries/other", "x").statusCode() == 503);
    assertThat(a.get(ENTRY).body()).isEqualTo("v");
    await().atMost(LONG).until(() -> a.get("/metrics").body().contains("\nforebay_node_suspect 1"));
    HttpResponse<String> stale = a.get(ENTRY);
    assertThat(stale.body()).as("stale, but there").isEqualTo("v");
    assertThat(stale.headers().firstValue("Cache-Status"))
        .hasValue("forebay; hit; ttl=0; detail=\"suspect\"");
    assertThat(alarms(a)).contains("invalidation_log").contains("tier");
    redis.start();
    await()
        .atMost(LONG)
        .until(() ->
            List.of(201, 204) // and not 202: told to all
                .contains(a.send("PUT", ENTRY, "w", "Content-Type", "text/plain").statusCode()));
    await().atMost(LONG).until(() -> a.get("/metrics").body().contains("\nforebay_node_suspect 0"));
    assertThat(a.get(ENTRY).body()).isEqualTo("w");
  }

  // ---- receipts

  private static HttpResponse<String> purge(TestingServer server, String tag, String more) {
    return server.send(
        "POST",
        "/v1/invalidations",
        "{\"operations\": [{\"scope\": \"tags\", \"values\": [\"" + tag + "\"]}]" + more + "}");
  }

  private static JsonNode json(HttpResponse<String> response) {
    return Json.tree(response.body().getBytes(StandardCharsets.UTF_8)).orElseThrow();
  }

  private static JsonNode receipt(TestingServer server, String id) {
    return json(server.get("/v1/invalidations/" + id));
  }

  @Test
  void whoWaitsForAllNodesIsNotAnsweredBeforeTheLastHasIt() throws Exception {
    TestingRedis redis = opened.add(TestingRedis.inMemory());
    TestingServer a = server(redis, "a");
    CountDownLatch goesOn = new CountDownLatch(1);
    RedisStreamsLog slow =
        opened.add(
            RedisStreamsLog.open(
                RedisSettings.of(RedisServer.parse(redis.url()).orElseThrow(), "forebay"),
                FleetSettings.of("slow").withLease(LONG.multipliedBy(2)),
                TimeSource.SYSTEM));
    String all = ", \"wait\": \"all\", \"timeout\": \"10s\"";
    await().atMost(LONG).until(() -> node(json(purge(a, "x", all)), "slow").has("in_force"));
    slow.observe(_ -> {
      try {
        goesOn.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
    HttpResponse<String> early = purge(a, "t", ", \"wait\": \"all\", \"timeout\": \"300ms\"");
    assertThat(early.statusCode()).as(early.body()).isEqualTo(504);
    JsonNode receipt = json(early).path("receipt");
    assertThat(node(receipt, "a").has("in_force")).isTrue();
    assertThat(node(receipt, "slow").has("in_force")).isFalse();
    goesOn.countDown();
    HttpResponse<String> done = purge(a, "t", all);
    assertThat(done.statusCode()).as(done.body()).isEqualTo(200);
    assertThat(node(json(done), "slow").has("in_force")).isTrue();
  }

  @Test
  void aCacheDownstreamIsToldWhenNoNodeCouldAnswerItWithTheOldPageAnyMore() throws Exception {
    TestingRedis redis = opened.add(TestingRedis.inMemory());
    TestingDownstream cdn = opened.add(new TestingDownstream());
    TestingServer a =
        opened.add(
            TestingServer.start(
                settings(redis, "a")
                    + "forward: {targets: ["
                    + cdn.asTarget("cdn", "fastly")
                    + "]}\n"));
    CountDownLatch hears = new CountDownLatch(1);
    CountDownLatch goesOn = new CountDownLatch(1);
    RedisStreamsLog slow =
        opened.add(
            RedisStreamsLog.open(
                RedisSettings.of(RedisServer.parse(redis.url()).orElseThrow(), "forebay"),
                FleetSettings.of("slow").withLease(LONG.multipliedBy(2)),
                TimeSource.SYSTEM));
    assertThat(slow.awaitTrust(LONG)).isTrue();
    slow.observe(_ -> {
      hears.countDown();
      try {
        goesOn.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<HttpResponse<String>> answer =
          threads.submit(() -> purge(a, "t", ", \"timeout\": \"10s\""));
      hears.await();
      assertThat(cdn.orders()).isEmpty();
      goesOn.countDown();
      assertThat(answer.get().statusCode()).isEqualTo(200);
    }
    await().atMost(LONG).until(() -> cdn.orders().size() == 1);
  }

  private static JsonNode node(JsonNode receipt, String name) {
    for (JsonNode node : receipt.path("nodes")) {
      if (node.path("node").asString().equals(name)) {
        return node;
      }
    }
    return receipt.path("no node " + name);
  }

  @Test
  void withoutTheLogAnInvalidationIsPendingAndReachesTheOthersThoughTheNodeWasRestarted(
      @TempDir Path data) throws Exception {
    TestingRedis redis = opened.add(TestingRedis.durable());
    String vouched = "redis:\n  survives_restarts: true\n";
    String ofA =
        settings(redis, "a").replace("redis:\n  url", vouched + "  url")
            + "data:\n  dir: "
            + data
            + "\n";
    TestingServer a = opened.add(TestingServer.start(ofA));
    TestingServer b =
        opened.add(
            TestingServer.start(settings(redis, "b").replace("redis:\n  url", vouched + "  url")));
    a.send("PUT", ENTRY, "v", "Content-Type", "text/plain", "Cache-Tag", "t");
    assertThat(b.get(ENTRY).body()).isEqualTo("v");
    redis.kill();
    HttpResponse<String> pending = purge(a, "t", "");
    assertThat(pending.statusCode()).as(pending.body()).isEqualTo(202);
    String id = json(pending).path("id").asString();
    assertThat(pending.headers().firstValue("Location")).contains("/v1/invalidations/" + id);
    assertThat(json(pending).path("state").asString()).isEqualTo("pending");
    assertThat(json(pending).at("/log/queued").asBoolean()).isTrue();
    assertThat(a.get(ENTRY).statusCode()).as("in force here").isEqualTo(404);
    HttpResponse<String> late = purge(a, "u", ", \"wait\": \"all\", \"timeout\": \"100ms\"");
    assertThat(late.statusCode()).as(late.body()).isEqualTo(504);
    assertThat(json(late).at("/receipt/state").asString()).isEqualTo("pending");
    assertThat(receipt(a, id).path("state").asString()).isEqualTo("pending");
    a.close();
    redis.start();
    TestingServer again = opened.add(TestingServer.start(ofA));
    await().atMost(LONG).until(() -> b.get(ENTRY).statusCode() == 404);
    await()
        .atMost(LONG)
        .until(() -> again.get("/metrics").body().contains("\nforebay_invalidations_queued 0"));
    assertThat(b.get("/metrics").body())
        .as("and not because an epoch began")
        .contains("\nforebay_invalidation_epochs_total 1");
  }

  @Test
  void aPendingReceiptGrowsWhenTheLogIsBack() {
    TestingRedis redis = opened.add(TestingRedis.durable());
    TestingServer a = server(redis, "a");
    redis.kill();
    HttpResponse<String> pending = purge(a, "t", "");
    assertThat(pending.statusCode()).as(pending.body()).isEqualTo(202);
    redis.start();
    String id = json(pending).path("id").asString();
    await()
        .atMost(LONG)
        .untilAsserted(() -> {
          JsonNode grown = receipt(a, id);
          assertThat(grown.path("state").asString()).isIn("in_force", "swept");
          assertThat(grown.at("/log/kept").asBoolean()).isTrue();
          assertThat(grown.at("/log").has("queued")).isFalse();
        });
  }

  // ---- pages

  /// An origin that counts, and holds its answers until it may give them.
  private static final class Origin implements AutoCloseable {
    final HttpServer server;
    final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    final AtomicInteger requests = new AtomicInteger();
    final CountDownLatch mayAnswer = new CountDownLatch(1);

    Origin() throws IOException {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
      server.setExecutor(threads);
      server.createContext(
          "/",
          exchange -> {
            int number = requests.incrementAndGet();
            if (exchange.getRequestURI().getPath().startsWith("/held")) {
              try {
                mayAnswer.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            }
            byte[] body = ("page " + number).getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Cache-Control", "max-age=600");
            exchange.getResponseHeaders().set("Cache-Tag", "t");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
          });
      server.start();
    }

    @Override
    public void close() {
      server.stop(0);
      threads.shutdownNow();
    }
  }

  private TestingServer proxy(TestingRedis redis, String name, Origin origin) {
    return opened.add(
        TestingServer.start(
            settings(redis, name)
                + """
                proxy:
                  origin: http://127.0.0.1:%d
                  pages_tier: redis
                """
                    .formatted(origin.server.getAddress().getPort())));
  }

  @Test
  void aPageThatOneNodeFetchedIsAHitOnTheOther() throws Exception {
    TestingRedis redis = opened.add(TestingRedis.inMemory());
    Origin origin = opened.add(new Origin());
    TestingServer a = proxy(redis, "a", origin);
    TestingServer b = proxy(redis, "b", origin);
    // One address for both, since it is in a page's key.
    String host = "shop.example";
    assertThat(a.getPageOf(host, "/x").body()).isEqualTo("page 1");
    await()
        .atMost(LONG)
        .until(() -> a.getPageOf(host, "/x").headers().firstValue("Age").isPresent());
    HttpResponse<String> page = b.getPageOf(host, "/x");
    assertThat(page.body()).isEqualTo("page 1");
    assertThat(page.headers().firstValue("Cache-Status").orElse("")).contains("hit");
    assertThat(origin.requests).hasValue(1);
  }

  @Test
  void aSuspectNodeValidatesPagesAndSaysWhy() throws Exception {
    TestingRedis redis = opened.add(TestingRedis.inMemory());
    Origin origin = opened.add(new Origin());
    TestingServer a = proxy(redis, "a", origin);
    a.getPageOf("shop.example", "/x");
    redis.kill();
    await().atMost(LONG).until(() -> a.get("/metrics").body().contains("\nforebay_node_suspect 1"));
    HttpResponse<String> page = a.getPageOf("shop.example", "/x");
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.headers().firstValue("Cache-Status").orElse(""))
        .contains("fwd=stale")
        .contains("detail=\"suspect\"");
  }

  @Test
  void twoHundredMissesOverTwoNodesAreOneRequest() throws Exception {
    TestingRedis redis = opened.add(TestingRedis.inMemory());
    Origin origin = opened.add(new Origin());
    List<TestingServer> nodes = List.of(proxy(redis, "a", origin), proxy(redis, "b", origin));
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<String>> bodies = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        TestingServer node = nodes.get(i % 2);
        bodies.add(threads.submit(() -> node.getPageOf("shop.example", "/held").body()));
      }
      await().atMost(LONG).until(() -> origin.requests.get() == 1);
      origin.mayAnswer.countDown();
      for (Future<String> body : bodies) {
        assertThat(body.get()).isEqualTo("page 1");
      }
      assertThat(origin.requests).hasValue(1);
    }
  }

  @Test
  void whenTheNodeThatFetchesIsLostOneMoreAsks() throws Exception {
    TestingRedis redis = opened.add(TestingRedis.inMemory());
    Origin origin = opened.add(new Origin());
    List<TestingServer> nodes = List.of(proxy(redis, "a", origin), proxy(redis, "b", origin));
    RedisTier lost =
        opened.add(
            RedisTier.open(
                RedisSettings.of(RedisServer.parse(redis.url()).orElseThrow(), "forebay")
                    .withLoadLease(Duration.ofSeconds(2)),
                TierObserver.NONE));
    assertThat(lost.awaitConnection(LONG)).isEmpty();
    assertThat(lost.beginFill(new TierKey("pages", "http://shop.example/y"), true))
        .isInstanceOf(FillStart.Granted.class); // and it never ends it
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<String>> bodies = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        TestingServer node = nodes.get(i % 2);
        bodies.add(threads.submit(() -> node.getPageOf("shop.example", "/y").body()));
      }
      for (Future<String> body : bodies) {
        assertThat(body.get()).isEqualTo("page 1");
      }
    }
    assertThat(origin.requests).hasValue(1);
  }

  // ---- settings

  private static String refusal(String yaml) {
    var written =
        new WrittenSettings(
            Optional.of(new WrittenSettings.File("test.yaml", yaml)), Map.of(), List.of());
    return switch (SettingsReader.read(written)) {
      case SettingsReading.Accepted _ -> "accepted";
      case SettingsReading.Refused refused -> refused.problems().toString();
    };
  }

  @Test
  void aLogThatCannotGuardTheTierIsRefused() {
    assertThat(
            refusal(
                "redis:\n  url: redis://h\nentries:\n  tier: redis\ninvalidation:\n  log: memory"))
        .contains("invalidation.log")
        .contains("to redis, if nodes share the tier");
    assertThat(refusal("caches:\n  x:\n    tier: redis\ninvalidation:\n  log: redis\n"))
        .contains("redis.url");
    assertThat(refusal("redis:\n  url: http://h\n")).contains("a Redis URL");
    for (String url : List.of("redis-sentinel://h,i#m", "redis-cluster://u:secret@h:7000,i")) {
      assertThat(refusal("redis:\n  url: " + url + "\n  survives_restarts: true\n"))
          .contains("redis.survives_restarts cannot be on")
          .doesNotContain("secret");
    }
  }

  @Test
  void aWrongPasswordIsRefusedAtStartAndNotShown() {
    TestingRedis redis = opened.add(TestingRedis.inMemory("--requirepass", "right"));
    String yaml = settings(redis, "a").replace("redis://", "redis://:wrong@");
    StartOutcome outcome = ServerAssembly.start(TestingServer.settings(yaml));
    assertThat(outcome).isInstanceOf(StartOutcome.NotStarted.class);
    assertThat(((StartOutcome.NotStarted) outcome).why())
        .contains("redis.url")
        .contains("WRONGPASS")
        .doesNotContain("wrong@");
  }
}
