package io.forebay.proxy.origin;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.cache.TimeSource;
import io.forebay.proxy.body.Wait;
import io.forebay.proxy.origin.CheckSettings.StatusRange;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Real checks of real servers.
class HealthChecksTest {

  private static final Duration LONG = Duration.ofSeconds(20);

  private final Vertx vertx = Vertx.vertx();
  private final OriginClient client =
      new OriginClient(vertx, 8, 16_384, List.of(), InstantSource.system());
  private final OriginPools pools = new OriginPools(vertx, client, List.of(), TimeSource.SYSTEM);

  @AfterEach
  void stop() throws IOException {
    pools.close();
    client.close();
    Wait.on(vertx.close(), LONG, "Vert.x's end");
  }

  private static CheckSettings every50ms(Duration timeout) {
    return new CheckSettings(
        "/healthz?deep",
        Optional.of("shop.test"),
        Duration.ofMillis(50),
        timeout,
        List.of(new StatusRange(200, 204), new StatusRange(302, 302)),
        2,
        3);
  }

  private void use(Origin origin, Duration timeout) {
    pools.use(List.of(PoolSettings.of("p", List.of(origin)).with(every50ms(timeout))));
  }

  private OriginFigures figures() {
    return pools.figures().getFirst().origins().getFirst();
  }

  private static ConditionFactory soon() {
    return Awaitility.await().atMost(LONG);
  }

  private void awaitState(OriginFigures.State state) {
    soon().until(() -> figures().standing().state() == state);
  }

  private HttpServer serve(int port, AtomicInteger status, Queue<String> asked) throws IOException {
    return Wait.on(
        vertx
            .createHttpServer()
            .requestHandler(request -> {
              asked.add(request.method() + " " + request.uri() + " " + request.authority());
              if (status.get() > 0) {
                request.response().setStatusCode(status.get()).end();
              }
            })
            .listen(port, "127.0.0.1"),
        LONG,
        "the origin");
  }

  @Test
  void anOriginFollowsItsChecksDownAndUpAgain() throws Exception {
    AtomicInteger status = new AtomicInteger(204);
    Queue<String> asked = new ConcurrentLinkedQueue<>();
    HttpServer server = serve(0, status, asked);
    int port = server.actualPort();
    use(new Origin("127.0.0.1", port, false), LONG);
    soon().until(() -> figures().goodChecks() > 2);
    assertThat(asked.peek()).isEqualTo("GET /healthz?deep shop.test");
    assertThat(figures().requests()).as("checks are no requests").isZero();

    status.set(500);
    awaitState(OriginFigures.State.DOWN);
    assertThat(figures().standing().why()).isEqualTo("a check got 500");
    assertThat(figures().badChecks()).isGreaterThanOrEqualTo(3);
    status.set(302);
    awaitState(OriginFigures.State.UP);

    Wait.on(server.close(), LONG, "the origin's end");
    awaitState(OriginFigures.State.DOWN);
    assertThat(figures().standing().why()).contains("connection_refused");
    serve(port, new AtomicInteger(200), asked);
    awaitState(OriginFigures.State.UP);
  }

  @Test
  void anOriginThatHangsIsDownThoughItTakesConnections() throws Exception {
    try (ServerSocket hung = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      use(new Origin("127.0.0.1", hung.getLocalPort(), false), Duration.ofMillis(100));
      awaitState(OriginFigures.State.DOWN);
      assertThat(figures().standing().why()).contains("http_response_timeout");
    }
  }

  @Test
  void checksEndWithThePoolAndBeginWithNewSettings() throws Exception {
    Queue<String> asked = new ConcurrentLinkedQueue<>();
    HttpServer server = serve(0, new AtomicInteger(200), asked);
    Origin origin = new Origin("127.0.0.1", server.actualPort(), false);
    pools.use(List.of(PoolSettings.of("p", List.of(origin))));
    assertThat(asked).isEmpty();
    use(origin, LONG);
    soon().until(() -> asked.size() > 1);
    pools.use(List.of());
    assertThat(pools.figures()).isEmpty();
  }
}
