package io.forebay.proxy.origin;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.cache.TimeSource;
import io.forebay.http.HttpFields;
import io.forebay.http.RequestHead;
import io.forebay.proxy.body.BodySource;
import io.forebay.proxy.body.Wait;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OriginClientTest {

  private static final Duration SHORT = Duration.ofMillis(200);
  private static final Duration LONG = Duration.ofSeconds(20);

  private final Vertx vertx = Vertx.vertx();
  private final Queue<HttpServerRequest> held = new ConcurrentLinkedQueue<>();
  private final OriginClient client =
      new OriginClient(vertx, 1, 16_384, List.of(), InstantSource.system());
  private final OriginPools pools = new OriginPools(vertx, client, List.of(), TimeSource.SYSTEM);
  private final OriginDispatch dispatch = new OriginDispatch(client, pools);
  private HttpServer server = vertx.createHttpServer();
  private Origin origin = new Origin("127.0.0.1", 1, false);

  @BeforeEach
  void start() throws IOException {
    server =
        Wait.on(
            vertx.createHttpServer().requestHandler(held::add).listen(0, "127.0.0.1"),
            LONG,
            "the origin");
    origin = new Origin("127.0.0.1", server.actualPort(), false);
  }

  @AfterEach
  void stop() throws IOException {
    pools.close();
    client.close();
    Wait.on(vertx.close(), LONG, "Vert.x's end");
  }

  private OriginOutcome get(CompletableFuture<Void> givenUp, Duration patience) {
    return get(givenUp, new PoolSettings.Limits(1, 1, 8, patience));
  }

  private OriginOutcome get(CompletableFuture<Void> givenUp, PoolSettings.Limits limits) {
    RequestHead head = new RequestHead("GET", "http", "a", "/p", HttpFields.none());
    PoolSettings pool = PoolSettings.of("one", List.of(origin)).with(limits);
    pools.use(List.of(pool));
    return dispatch.send(
        pool,
        new OriginTimeouts(LONG, LONG, LONG),
        new OriginClient.Sending(head, BodySource.EMPTY, _ -> {}, givenUp),
        Errand.forClient(false));
  }

  private OriginOutcome get() {
    return get(new CompletableFuture<>(), LONG);
  }

  @Test
  void waitingForAConnectionHasAReasonOfItsOwn() throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<OriginOutcome> first = threads.submit(() -> get());
      Awaitility.await().until(() -> held.size() == 1);
      assertThat(get(new CompletableFuture<>(), SHORT))
          .isInstanceOfSatisfying(
              OriginOutcome.Failed.class,
              failed -> {
                assertThat(failed.error()).isEqualTo(OriginError.CONNECTION_WAIT_TIMEOUT);
                assertThat(failed.error().status()).isEqualTo(503);
                assertThat(failed.error().token()).isEqualTo("connection_limit_reached");
              });
      held.remove().response().end("one");
      var answered = (OriginOutcome.Answered) first.get();
      assertThat(answered.body().next()).hasToString("one");
      assertThat(answered.body().next()).isNull();
      // The one connection is free again.
      Future<OriginOutcome> next = threads.submit(() -> get());
      Awaitility.await().until(() -> held.size() == 1);
      held.remove().response().end();
      assertThat(next.get()).isInstanceOf(OriginOutcome.Answered.class);
    }
  }

  @Test
  void aRequestThatIsGivenUpEndsAndFreesItsConnection() throws Exception {
    CompletableFuture<Void> givenUp = new CompletableFuture<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<OriginOutcome> first = threads.submit(() -> get(givenUp, LONG));
      Awaitility.await().until(() -> held.size() == 1);
      givenUp.complete(null);
      assertThat(first.get()).isInstanceOf(OriginOutcome.Failed.class);
      Future<OriginOutcome> next = threads.submit(() -> get());
      Awaitility.await().until(() -> held.size() == 2);
      held.forEach(request -> request.response().end());
      assertThat(next.get()).isInstanceOf(OriginOutcome.Answered.class);
    }
  }

  @Test
  void aBodyThatIsCancelledFreesItsConnection() throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<OriginOutcome> first = threads.submit(() -> get());
      Awaitility.await().until(() -> held.size() == 1);
      held.remove().response().setChunked(true).write("endless");
      ((OriginOutcome.Answered) first.get()).body().cancel();
      Future<OriginOutcome> next = threads.submit(() -> get());
      Awaitility.await().until(() -> held.size() == 1);
      held.remove().response().end();
      assertThat(next.get()).isInstanceOf(OriginOutcome.Answered.class);
    }
  }

  @Test
  void whoeverHasAPlaceGetsAConnectionHoweverFewWereExpected() throws Exception {
    var limits = new PoolSettings.Limits(20, 20, 8, LONG);
    List<Future<OriginOutcome>> answers = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 20; i++) {
        answers.add(threads.submit(() -> get(new CompletableFuture<>(), limits)));
      }
      Awaitility.await().until(() -> held.size() == 20);
      held.forEach(request -> request.response().end());
      for (var answer : answers) {
        assertThat(answer.get()).isInstanceOf(OriginOutcome.Answered.class);
      }
    }
  }
}
