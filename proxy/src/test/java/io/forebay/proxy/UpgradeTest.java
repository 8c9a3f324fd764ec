package io.forebay.proxy;

import static io.forebay.proxy.ProxyUnderTest.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.http.Glob;
import io.forebay.http.caching.CachePolicy;
import io.forebay.proxy.origin.OriginFigures;
import io.forebay.proxy.origin.OriginTimeouts;
import io.forebay.proxy.origin.PoolSettings;
import io.forebay.proxy.route.RequestGuards;
import io.forebay.proxy.route.RouteMatch;
import io.forebay.proxy.route.RouteMatch.HeaderMatch;
import io.forebay.proxy.route.RouteRules;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.UpgradeRejectedException;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketConnectOptions;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// WebSocket and other protocols behind `Upgrade` (RFC 9110 §7.8, RFC 6455).
class UpgradeTest {

  /// More than the system's buffers hold.
  private static final int MUCH = 30_000_000;

  private ProxyUnderTest proxy;

  @BeforeEach
  void start() throws Exception {
    proxy = new ProxyUnderTest();
  }

  @AfterEach
  void stop() throws Exception {
    proxy.close();
  }

  private static void echo(HttpServerRequest request) {
    request
        .response()
        .putHeader("Connection", "Upgrade")
        .putHeader("Upgrade", "echo")
        .putHeader("X-Origin", "yes");
    request.toNetSocket().onSuccess(socket -> socket.pipeTo(socket));
  }

  private static void sayAndClose(HttpServerRequest request, String words) {
    request.response().putHeader("Connection", "Upgrade").putHeader("Upgrade", "echo");
    request.toNetSocket().onSuccess(socket -> socket.write(words).onComplete(_ -> socket.close()));
  }

  private static String asking(String protocol, String... lines) {
    return "GET /up HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: "
        + protocol
        + "\r\n"
        + String.join("\r\n", lines)
        + (lines.length > 0 ? "\r\n\r\n" : "\r\n");
  }

  @Test
  void aWebSocketGoesBothWaysThroughRealEnds() throws Exception {
    proxy.origin.on(
        "/ws",
        request ->
            request
                .toWebSocket()
                .onSuccess(socket ->
                    socket.textMessageHandler(text -> socket.writeTextMessage("echo " + text))));
    WebSocketClient client = proxy.vertx.createWebSocketClient();
    WebSocket socket =
        client
            .connect(
                new WebSocketConnectOptions()
                    .setHost("127.0.0.1")
                    .setPort(proxy.port)
                    .setURI("/ws"))
            .toCompletionStage()
            .toCompletableFuture()
            .get(20, TimeUnit.SECONDS);
    Queue<String> received = new ConcurrentLinkedQueue<>();
    socket.textMessageHandler(received::add);
    for (int i = 0; i < 100; i++) {
      var _ = socket.writeTextMessage("m" + i);
    }
    Awaitility.await().until(() -> received.size() == 100);
    assertThat(received).startsWith("echo m0").endsWith("echo m99");
    assertThat(proxy.proxy.figures().tunnels()).isEqualTo(1);
    var _ = socket.close();
    Awaitility.await().until(() -> proxy.proxy.figures().tunnels() == 0);
    Awaitility.await().until(() -> proxy.proxy.figures().exchangesUnderWay() == 0);
    assertThat(proxy.pages.statistics().writes()).isZero();
    assertThat(proxy.records(1)).anyMatch(record -> record.status() == 101);
  }

  @Test
  void aRouteOfItsOwnMayTakeThem() throws Exception {
    var match =
        new RouteMatch(
            List.of(), List.of(new HeaderMatch("Upgrade", Glob.ignoringCase("echo"))), List.of());
    proxy.proxy.useRoutes(
        List.of(
            proxy.all.as("sockets", "/*").withRules(RouteRules.USUAL.withMatch(match).withBypass()),
            proxy.all),
        RequestGuards.USUAL);
    proxy.origin.on("/up", UpgradeTest::echo);
    try (RawClient client = new RawClient(proxy.port)) {
      client.send(asking("Echo"));
      assertThat(client.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 101 ");
    }
    assertThat(proxy.records(1).getFirst().route()).isEqualTo("sockets");
  }

  @Test
  void bytesSentBehindTheRequestGoThroughAndTheOriginsFieldsToo() throws Exception {
    proxy.origin.on("/up", UpgradeTest::echo);
    try (RawClient client = new RawClient(proxy.port)) {
      client.send(asking("echo"));
      assertThat(client.readUntil("\r\n\r\n"))
          .startsWith("HTTP/1.1 101 ")
          .containsIgnoringCase("upgrade: echo")
          .containsIgnoringCase("connection: upgrade")
          .contains("X-Origin: yes");
      client.send("not HTTP\r\n\r\n\0");
      assertThat(client.readUntil("\0")).isEqualTo("not HTTP\r\n\r\n\0");
    }
    Awaitility.await().until(() -> proxy.proxy.figures().tunnels() == 0);
  }

  @Test
  void muchDataInBothDirectionsArrivesWhole() throws Exception {
    proxy.origin.on("/up", UpgradeTest::echo);
    String much = "x".repeat(2_000_000) + "\0";
    try (RawClient client = new RawClient(proxy.port)) {
      client.send(asking("echo"));
      client.readUntil("\r\n\r\n");
      Thread sending =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  client.send(much);
                } catch (java.io.IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      assertThat(client.readUntil("\0")).hasSize(much.length());
      sending.join();
    }
  }

  @Test
  void anotherAnswerIsPassedOnAndNeverStored() throws Exception {
    proxy.origin.page("/up", "no, thanks", "Cache-Control", "max-age=60");
    for (int i = 0; i < 2; i++) {
      try (RawClient client = new RawClient(proxy.port)) {
        client.send(asking("echo"));
        assertThat(client.readUntil("no, thanks")).startsWith("HTTP/1.1 200 ");
      }
    }
    assertThat(proxy.origin.asked("/up")).hasSize(2);
    assertThat(proxy.pages.statistics().writes()).isZero();
  }

  @Test
  void protocolsThatNobodyAllowedAreNotAskedFor() throws Exception {
    proxy.origin.page("/up", "page");
    for (String asked :
        new String[] {
          asking("h2c", "HTTP2-Settings: AAMAAABkAAQAAP__"), asking("h2c, echo"), asking("other")
        }) {
      try (RawClient client = new RawClient(proxy.port)) {
        client.send(asked);
        assertThat(client.readUntil("page")).startsWith("HTTP/1.1 200 ");
      }
    }
    assertThat(proxy.origin.asked("/up"))
        .noneMatch(request -> request.fields().containsKey("Upgrade"))
        .noneMatch(request -> request.fields().containsKey("HTTP2-Settings"));
  }

  @Test
  void upgradedConnectionsAreBounded() throws Exception {
    proxy.origin.on("/up", UpgradeTest::echo);
    try (RawClient first = new RawClient(proxy.port);
        RawClient second = new RawClient(proxy.port);
        RawClient third = new RawClient(proxy.port)) {
      first.send(asking("echo"));
      first.readUntil("\r\n\r\n");
      second.send(asking("echo"));
      second.readUntil("\r\n\r\n");
      third.send(asking("echo"));
      assertThat(third.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 503 ");
    }
    assertThat(proxy.proxy.figures().tunnelsRefused()).isEqualTo(1);
  }

  @Test
  void anOriginThatClosesEndsTheTunnel() throws Exception {
    proxy.origin.on("/up", request -> sayAndClose(request, "bye"));
    try (RawClient client = new RawClient(proxy.port)) {
      client.send(asking("echo"));
      assertThat(client.readToEnd()).endsWith("bye");
    }
    Awaitility.await().until(() -> proxy.proxy.figures().tunnels() == 0);
  }

  /// The end comes behind the 101 itself, before the two connections are joined.
  @Test
  void anOriginThatClosesAtOnceEndsTheTunnelToo() throws Exception {
    String switching =
        "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\nbye";
    try (RawOrigin closing = new RawOrigin((_, _) -> switching, _ -> true)) {
      proxy.close();
      proxy =
          new ProxyUnderTest(
              CachePolicy.defaults(),
              new OriginTimeouts(seconds(20), seconds(20), seconds(20)),
              closing.address());
      for (int i = 0; i < 20; i++) {
        try (RawClient client = new RawClient(proxy.port)) {
          client.send(asking("echo"));
          assertThat(client.readToEnd()).startsWith("HTTP/1.1 101 ").endsWith("bye");
        }
      }
    }
    Awaitility.await().until(() -> proxy.proxy.figures().tunnels() == 0);
  }

  /// An origin that sends much and closes.
  private void startWithIdleTimeout(Duration idleTimeout) throws Exception {
    proxy.close();
    proxy =
        new ProxyUnderTest(
            CachePolicy.defaults(),
            new OriginTimeouts(seconds(20), seconds(20), idleTimeout),
            null);
    proxy.origin.on("/up", request -> sayAndClose(request, "x".repeat(MUCH) + "\0"));
  }

  @Test
  void whatAnOriginSentBeforeItClosedReachesASlowClientWhole() throws Exception {
    startWithIdleTimeout(Duration.ofMillis(500));
    try (RawClient client = new RawClient(proxy.port)) {
      client.send(asking("echo"));
      StringBuilder all = new StringBuilder(client.readUntil("\r\n\r\n"));
      int bodyFrom = all.indexOf("\r\n\r\n") + 4;
      // Never silent for the idle timeout, but for longer than it in all. The rest is in buffers of
      // the system then.
      while (all.length() < bodyFrom + MUCH / 2) {
        assertThat(proxy.proxy.figures().tunnels()).isEqualTo(1);
        Thread.sleep(200);
        all.append(client.read(1_000_000));
      }
      all.append(client.readToEnd());
      assertThat(all.substring(bodyFrom)).hasSize(MUCH + 1).endsWith("\0");
    }
    Awaitility.await().until(() -> proxy.proxy.figures().tunnels() == 0);
  }

  @Test
  void aClientThatTakesNothingBehindTheEndIsCutOff() throws Exception {
    startWithIdleTimeout(Duration.ofMillis(500));
    try (RawClient client = new RawClient(proxy.port)) {
      client.send(asking("echo"));
      client.readUntil("\r\n\r\n");
      Awaitility.await().until(() -> proxy.proxy.figures().tunnels() == 0);
      Awaitility.await().until(() -> proxy.proxy.figures().connections().connections() == 0);
    }
  }

  @Test
  void anOriginThatCannotBeReachedIs502() throws Exception {
    proxy.origin.close();
    WebSocketClient client = proxy.vertx.createWebSocketClient();
    try {
      client
          .connect(
              new WebSocketConnectOptions().setHost("127.0.0.1").setPort(proxy.port).setURI("/ws"))
          .toCompletionStage()
          .toCompletableFuture()
          .get(seconds(20).toSeconds(), TimeUnit.SECONDS);
      throw new AssertionError("it was upgraded");
    } catch (ExecutionException e) {
      assertThat(e.getCause())
          .isInstanceOfSatisfying(
              UpgradeRejectedException.class,
              rejected -> assertThat(rejected.getStatus()).isEqualTo(502));
    }
  }

  @Test
  void anUpgradedConnectionTakesNoRequestsPlaceAtItsOrigin() throws Exception {
    proxy.close();
    var one = new PoolSettings.Limits(1, 1, 8, seconds(1));
    proxy =
        new ProxyUnderTest(
            scripted -> PoolSettings.of("all", List.of(scripted)).with(one),
            CachePolicy.defaults(),
            new OriginTimeouts(seconds(20), seconds(20), seconds(20)));
    proxy.origin.on("/up", UpgradeTest::echo);
    proxy.origin.page("/page", "page", "Cache-Control", "no-store");
    try (RawClient first = new RawClient(proxy.port);
        RawClient second = new RawClient(proxy.port)) {
      for (RawClient client : List.of(first, second)) {
        client.send(asking("echo"));
        assertThat(client.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 101 ");
        assertThat(proxy.send("POST", "/page", "content").body()).isEqualTo("page");
        assertThat(proxy.get("/page").body()).isEqualTo("page");
      }
      first.send("still there\0");
      assertThat(first.readUntil("\0")).isEqualTo("still there\0");
      assertThat(proxy.proxy.figures().tunnels()).isEqualTo(2);
      OriginFigures origin = proxy.proxy.poolFigures().getFirst().origins().getFirst();
      assertThat(origin.connections()).isGreaterThanOrEqualTo(2);
      Awaitility.await()
          .until(() -> proxy.proxy.poolFigures().getFirst().origins().getFirst().underWay() == 0);
      assertThat(origin.failures()).isEmpty();
    }
  }

  @Test
  void anUpgradeThatCannotBePassedOnLeavesNoConnectionBehind() throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    proxy.origin.on(
        "/up",
        request -> {
          request
              .response()
              .putHeader("Connection", "Upgrade")
              .putHeader("Upgrade", "echo")
              .putHeader("Transfer-Encoding", "gzip");
          request.toNetSocket().onSuccess(socket -> socket.closeHandler(_ -> closed.countDown()));
        });
    try (RawClient client = new RawClient(proxy.port)) {
      client.send(asking("echo"));
      assertThat(client.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 502 ");
      assertThat(closed.await(20, TimeUnit.SECONDS)).isTrue();
    }
  }
}
