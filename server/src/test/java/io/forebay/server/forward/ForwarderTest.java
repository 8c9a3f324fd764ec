package io.forebay.server.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.cache.Invalidation.Mode;
import io.forebay.server.purge.PurgeOrder;
import io.forebay.server.purge.PurgeScope;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Orders passed on to a real server that answers as it is told.
class ForwarderTest {

  private final Vertx vertx = Vertx.vertx();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final List<Integer> statuses = new CopyOnWriteArrayList<>();
  private final AtomicInteger next = new AtomicInteger();
  private volatile boolean silent;
  private volatile String answer = "{\"success\": true}";
  private HttpServer server = vertx.createHttpServer();

  @BeforeEach
  void start() throws Exception {
    server =
        server
            .requestHandler(this::answer)
            .listen(0, "127.0.0.1")
            .toCompletionStage()
            .toCompletableFuture()
            .get(10, TimeUnit.SECONDS);
  }

  @AfterEach
  void stop() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  private void answer(HttpServerRequest request) {
    request.bodyHandler(body -> {
      asked.add(
          request.method()
              + " "
              + request.getHeader("Host")
              + request.uri()
              + " "
              + request.getHeader("xkey-purge")
              + " "
              + body);
      if (!silent) {
        int turn = next.getAndIncrement();
        int status = turn < statuses.size() ? statuses.get(turn) : 200;
        request.response().setStatusCode(status).end(answer);
      }
    });
  }

  private Forwarder forwarder(ForwardTarget.Kind kind, int port, Duration giveUp, int maxPending) {
    var target =
        new ForwardTarget("edge", kind, URI.create("http://127.0.0.1:" + port), "ID", "TOKEN");
    return new Forwarder(
        vertx,
        List.of(target),
        new ForwardSettings(
            Duration.ofSeconds(10),
            Duration.ofMillis(1),
            Duration.ofMillis(5),
            giveUp,
            maxPending));
  }

  private Forwarder forwarder(ForwardTarget.Kind kind) {
    return forwarder(kind, server.actualPort(), Duration.ofSeconds(30), 100);
  }

  private static PurgeOrder tags(String tag) {
    return new PurgeOrder(new PurgeScope.Tags(Set.of(tag)), Mode.HARD);
  }

  private static ForwardOutcome outcome(Forwarder forwarder, PurgeOrder order) throws Exception {
    Map<String, CompletableFuture<ForwardOutcome>> outcomes = forwarder.forward(order);
    assertThat(outcomes).containsOnlyKeys("edge");
    return outcomes.values().iterator().next().get(30, TimeUnit.SECONDS);
  }

  @Test
  void anOrderIsDeliveredOnce() throws Exception {
    try (var forwarder = forwarder(ForwardTarget.Kind.VARNISH)) {
      assertThat(outcome(forwarder, tags("a"))).isEqualTo(new ForwardOutcome.Delivered(1));
      assertThat(asked).containsExactly("PURGE 127.0.0.1:" + server.actualPort() + "/ a ");
      var url = new PurgeOrder(new PurgeScope.Urls(Set.of("http://shop.example/p?x")), Mode.HARD);
      assertThat(outcome(forwarder, url)).isEqualTo(new ForwardOutcome.Delivered(1));
      assertThat(asked.getLast()).isEqualTo("PURGE shop.example/p?x null ");
      assertThat(forwarder.figures().delivered()).isEqualTo(2);
    }
  }

  @Test
  void whatFailsIsTriedAgainInOrder() throws Exception {
    statuses.addAll(List.of(503, 429, 500, 200));
    try (var forwarder = forwarder(ForwardTarget.Kind.FASTLY)) {
      var first = forwarder.forward(tags("a")).get("edge");
      var second = forwarder.forward(tags("b")).get("edge");
      assertThat(first)
          .succeedsWithin(30, TimeUnit.SECONDS)
          .isEqualTo(new ForwardOutcome.Delivered(4));
      assertThat(second)
          .succeedsWithin(30, TimeUnit.SECONDS)
          .isEqualTo(new ForwardOutcome.Delivered(1));
      assertThat(asked).hasSize(5);
      assertThat(asked.subList(0, 4))
          .allMatch(line -> line.endsWith("{\"surrogate_keys\":[\"a\"]}"));
      assertThat(forwarder.figures().retries()).isEqualTo(3);
    }
  }

  @Test
  void whatIsRefusedIsNotTriedAgain() throws Exception {
    statuses.add(403);
    try (var forwarder = forwarder(ForwardTarget.Kind.FASTLY)) {
      assertThat(outcome(forwarder, tags("a")))
          .isEqualTo(new ForwardOutcome.GivenUp(1, "edge answered 403 to POST /service/ID/purge"));
      assertThat(forwarder.figures().failed()).isEqualTo(1);
    }
  }

  @Test
  void cloudflaresOwnNoIsANo() throws Exception {
    answer = "{\"success\": false, \"errors\": []}";
    try (var forwarder = forwarder(ForwardTarget.Kind.CLOUDFLARE)) {
      assertThat(outcome(forwarder, tags("a"))).isInstanceOf(ForwardOutcome.GivenUp.class);
    }
  }

  @Test
  void aTargetThatIsAwayIsGivenUpInTheEnd() throws Exception {
    try (var forwarder = forwarder(ForwardTarget.Kind.VARNISH, 1, Duration.ofMillis(200), 100)) {
      assertThat(outcome(forwarder, tags("a")))
          .isInstanceOfSatisfying(
              ForwardOutcome.GivenUp.class, end -> assertThat(end.attempts()).isGreaterThan(1));
    }
  }

  @Test
  void whatATargetCannotBeToldIsSaidSo() throws Exception {
    try (var forwarder = forwarder(ForwardTarget.Kind.FASTLY)) {
      var order = new PurgeOrder(new PurgeScope.Hosts(Set.of("a")), Mode.HARD);
      assertThat(outcome(forwarder, order)).isInstanceOf(ForwardOutcome.NotExpressible.class);
      assertThat(asked).isEmpty();
    }
  }

  @Test
  void tooManyAreNotQueuedAndTheEndTellsWhatWaits() throws Exception {
    silent = true;
    var forwarder =
        forwarder(ForwardTarget.Kind.VARNISH, server.actualPort(), Duration.ofSeconds(60), 2);
    var first = forwarder.forward(tags("a")).get("edge");
    org.awaitility.Awaitility.await().until(() -> !asked.isEmpty());
    var second = forwarder.forward(tags("b")).get("edge");
    forwarder.forward(tags("c"));
    assertThat(outcome(forwarder, tags("d"))).isEqualTo(new ForwardOutcome.QueueFull());
    assertThat(forwarder.figures().queueFull()).isEqualTo(1);
    assertThat(forwarder.figures().pending()).isEqualTo(3);
    forwarder.close();
    assertThat(first)
        .succeedsWithin(30, TimeUnit.SECONDS)
        .isInstanceOf(ForwardOutcome.GivenUp.class);
    assertThat(second)
        .succeedsWithin(30, TimeUnit.SECONDS)
        .isEqualTo(new ForwardOutcome.GivenUp(0, "the server stopped"));
  }

  @Test
  void withoutTargetsNothingIsPassedOn() {
    var settings =
        new ForwardSettings(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO, 1);
    try (var forwarder = new Forwarder(vertx, List.of(), settings)) {
      assertThat(forwarder.hasTargets()).isFalse();
      assertThat(forwarder.forward(tags("a"))).isEmpty();
    }
  }
}
