package io.forebay.proxy;

import static io.forebay.proxy.ProxyUnderTest.cacheStatus;
import static io.forebay.proxy.ProxyUnderTest.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.http.caching.CachePolicy;
import io.forebay.proxy.origin.ListedOrigin;
import io.forebay.proxy.origin.Origin;
import io.forebay.proxy.origin.OriginFigures;
import io.forebay.proxy.origin.OriginSource;
import io.forebay.proxy.origin.OriginTimeouts;
import io.forebay.proxy.origin.PoolFigures;
import io.forebay.proxy.origin.PoolSettings;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Pools of several origins, and of one that is overloaded or down.
class SeveralOriginsTest {

  private static final OriginTimeouts TIMEOUTS =
      new OriginTimeouts(seconds(5), seconds(20), seconds(20));
  private static final String GOOD =
      "HTTP/1.1 200 OK\r\nCache-Control: no-store\r\nContent-Length: 4\r\n\r\ngood";
  private static final String BUSY = "HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy";

  private static Origin closedPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return new Origin("127.0.0.1", socket.getLocalPort(), false);
    }
  }

  private static PoolSettings pool(ListedOrigin... origins) {
    PoolSettings usual = PoolSettings.of("all", List.of(origins[0].origin()));
    return new PoolSettings(
        "all",
        Arrays.stream(origins).<OriginSource>map(OriginSource.Listed::new).toList(),
        usual.limits(),
        usual.down(),
        Optional.empty(),
        usual.retryPercent(),
        usual.finding());
  }

  private static PoolSettings pool(Origin... origins) {
    return pool(Arrays.stream(origins).map(ListedOrigin::of).toArray(ListedOrigin[]::new));
  }

  private static ProxyUnderTest before(PoolSettings pool) throws Exception {
    return new ProxyUnderTest(_ -> pool, CachePolicy.defaults(), TIMEOUTS);
  }

  private static PoolFigures figures(ProxyUnderTest proxy) {
    return proxy.proxy.poolFigures().getFirst();
  }

  private static OriginFigures figuresOf(ProxyUnderTest proxy, Origin origin) {
    return figures(proxy).origins().stream()
        .filter(one -> one.listed().origin().equals(origin))
        .findFirst()
        .orElseThrow();
  }

  /// Waits until every place at the origins is free again, which may be a moment after the client
  /// has its answer.
  private static void settle(ProxyUnderTest proxy) {
    Awaitility.await()
        .pollInterval(Duration.ofMillis(1))
        .until(() -> figures(proxy).origins().stream().allMatch(origin -> origin.underWay() == 0));
  }

  @Test
  void requestsAreSharedOutByWeight() throws Exception {
    try (RawOrigin heavy = new RawOrigin((_, _) -> GOOD);
        RawOrigin light = new RawOrigin((_, _) -> GOOD);
        ProxyUnderTest proxy =
            before(
                pool(new ListedOrigin(heavy.address(), 3, 1), ListedOrigin.of(light.address())))) {
      for (int i = 0; i < 40; i++) {
        assertThat(proxy.get("/p").statusCode()).isEqualTo(200);
        settle(proxy);
      }
      assertThat(heavy.asked()).hasSize(30);
      assertThat(light.asked()).hasSize(10);
      assertThat(figuresOf(proxy, heavy.address()).requests()).isEqualTo(30);
      // One of the general path, and one of the event loop.
      assertThat(figuresOf(proxy, heavy.address()).connections()).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "POST"})
  void anOriginThatTakesNoConnectionCostsNobodyAnError(String method) throws Exception {
    Origin dead = closedPort();
    try (RawOrigin alive = new RawOrigin((_, _) -> GOOD);
        ProxyUnderTest proxy = before(pool(dead, alive.address()))) {
      for (int i = 0; i < 20; i++) {
        assertThat(proxy.send(method, "/p", "").statusCode()).isEqualTo(200);
        settle(proxy);
      }
      assertThat(alive.asked()).hasSize(20);
      assertThat(figuresOf(proxy, dead).standing().state()).isEqualTo(OriginFigures.State.DOWN);
      assertThat(figuresOf(proxy, dead).requests()).as("left alone after five").isEqualTo(5);
      proxy.time.advance(seconds(5));
      assertThat(proxy.send("GET", "/p", "").statusCode()).isEqualTo(200);
      assertThat(figuresOf(proxy, dead).requests()).as("and tried once").isEqualTo(6);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "GET, closes, 200",
    "PUT, closes, 502",
    "DELETE, closes, 200",
    "POST, closes, 502",
    "GET, busy, 200",
    "POST, busy, 503",
  })
  void anotherOriginGetsWhatOneFailedAtIfThatIsSafe(String method, String how, int status)
      throws Exception {
    try (RawOrigin failing = new RawOrigin((_, _) -> how.equals("busy") ? BUSY : RawOrigin.CLOSE);
        RawOrigin well = new RawOrigin((_, _) -> GOOD);
        ProxyUnderTest proxy =
            before(
                pool(
                    ListedOrigin.of(failing.address()),
                    // Its turn comes second.
                    new ListedOrigin(well.address(), 1, 1)))) {
      String body = method.equals("PUT") || method.equals("POST") ? "body" : "";
      int answer = proxy.send(method, "/p", body).statusCode();
      assertThat(answer).isEqualTo(status);
      assertThat(failing.asked()).hasSize(1);
      assertThat(figures(proxy).retries()).isEqualTo(status == 200 ? 1 : 0);
    }
  }

  @Test
  void withoutABudgetNothingIsSentTwice() throws Exception {
    try (RawOrigin failing = new RawOrigin((_, _) -> BUSY);
        RawOrigin well = new RawOrigin((_, _) -> GOOD)) {
      PoolSettings usual = pool(failing.address(), well.address());
      PoolSettings none =
          new PoolSettings(
              "all",
              usual.sources(),
              usual.limits(),
              usual.down(),
              Optional.empty(),
              0,
              usual.finding());
      try (ProxyUnderTest proxy = before(none)) {
        HttpResponse<String> answer = proxy.get("/p");
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).as("the origin's own").isEqualTo("busy");
        assertThat(figures(proxy).retriesRefused()).isEqualTo(1);
      }
    }
  }

  @Test
  void anOriginThatAnswersErrorsIsLeftAloneWhileAnotherIsWell() throws Exception {
    String error = "HTTP/1.1 500 Oops\r\nContent-Length: 4\r\n\r\noops";
    try (RawOrigin failing = new RawOrigin((_, _) -> error);
        RawOrigin well = new RawOrigin((_, _) -> GOOD);
        ProxyUnderTest proxy = before(pool(failing.address(), well.address()))) {
      int errors = 0;
      for (int i = 0; i < 50; i++) {
        errors += proxy.get("/p").statusCode() == 500 ? 1 : 0;
        settle(proxy);
      }
      assertThat(errors).isEqualTo(5);
      assertThat(figuresOf(proxy, failing.address()).standing().why()).isEqualTo("it answered 500");
    }
  }

  /// A body that breaks off is a failure, though its head was fine.
  @Test
  void anOriginThatClosesEarlyGoesDown() throws Exception {
    String cut = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ncut";
    List<Integer> whole = new ArrayList<>();
    try (ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        RawOrigin well = new RawOrigin((_, _) -> GOOD)) {
      OriginFailureTest.serve(socket, cut);
      Origin cutting = new Origin("127.0.0.1", socket.getLocalPort(), false);
      try (ProxyUnderTest proxy = before(pool(cutting, well.address()))) {
        for (int i = 0; i < 40; i++) {
          try {
            whole.add(proxy.get("/p").statusCode());
          } catch (IOException brokenOff) {
            assertThat(whole.size()).isLessThan(10);
          }
          settle(proxy);
        }
        assertThat(whole).hasSize(35);
        assertThat(figuresOf(proxy, cutting).brokenBodies()).isEqualTo(5);
      }
    }
  }

  private static ProxyUnderTest beforeScripted(PoolSettings.Limits limits) throws Exception {
    return new ProxyUnderTest(
        scripted -> pool(scripted).with(limits), CachePolicy.defaults(), TIMEOUTS);
  }

  @Test
  void beyondTheLimitTheAnswerIs503WithATimeOrSomethingStale() throws Exception {
    try (ProxyUnderTest proxy =
        beforeScripted(new PoolSettings.Limits(1, 1, 1, Duration.ofMillis(100)))) {
      List<HttpServerRequest> held = new CopyOnWriteArrayList<>();
      proxy.origin.on("/slow", held::add);
      proxy.origin.page("/stale", "old", "Cache-Control", "max-age=10, stale-if-error=60");
      proxy.origin.page("/other", "other", "Cache-Control", "max-age=10");
      proxy.getStored("/stale");
      proxy.getStored("/other");
      proxy.time.advance(seconds(20));
      var slow = proxy.getAsync("/slow");
      Awaitility.await().until(() -> !held.isEmpty());
      HttpResponse<String> refused = proxy.get("/new");
      assertThat(refused.statusCode()).isEqualTo(503);
      assertThat(refused.headers().firstValue("Retry-After")).hasValue("1");
      assertThat(refused.headers().firstValue("Proxy-Status"))
          .hasValue("forebay; error=connection_limit_reached");
      HttpResponse<String> stale = proxy.get("/stale");
      assertThat(stale.statusCode()).isEqualTo(200);
      assertThat(stale.body()).isEqualTo("old");
      assertThat(cacheStatus(stale)).contains("stale-if-error");
      assertThat(proxy.get("/other").statusCode())
          .as("the origin could be reached: no window of its own, no stale answer")
          .isEqualTo(503);
      assertThat(figures(proxy).refusedLate()).isEqualTo(3);
      held.getFirst().response().end("at last");
      assertThat(slow.get(20, TimeUnit.SECONDS).body()).isEqualTo("at last");
    }
  }

  @Test
  void aColdCacheLeavesRoomForWhatCannotBeCached() throws Exception {
    try (ProxyUnderTest proxy = beforeScripted(new PoolSettings.Limits(3, 2, 100, seconds(20)))) {
      AtomicInteger filling = new AtomicInteger();
      List<HttpServerRequest> held = new CopyOnWriteArrayList<>();
      for (int i = 0; i < 10; i++) {
        proxy.origin.on(
            "/page" + i,
            request -> {
              filling.incrementAndGet();
              held.add(request);
            });
      }
      proxy.origin.page("/session", "yours", "Cache-Control", "no-store");
      // Known to be uncacheable from the first answer on.
      assertThat(proxy.get("/session").body()).isEqualTo("yours");
      List<CompletableFuture<HttpResponse<String>>> cold = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        cold.add(proxy.getAsync("/page" + i));
      }
      Awaitility.await().until(() -> figures(proxy).waiting() == 8 && filling.get() == 2);
      assertThat(proxy.get("/session").body()).isEqualTo("yours");
      assertThat(proxy.send("POST", "/session", "change").statusCode()).isEqualTo(200);
      Awaitility.await()
          .until(() -> {
            held.forEach(request -> {
              if (!request.response().ended()) {
                request.response().end("page");
              }
            });
            return cold.stream().allMatch(CompletableFuture::isDone);
          });
      for (var answer : cold) {
        assertThat(answer.get(20, TimeUnit.SECONDS).body()).isEqualTo("page");
      }
    }
  }

  @Test
  void whileTheOriginIsDownStalePagesAreServedAtOnceAndARefreshBringsItBack() throws Exception {
    try (ProxyUnderTest proxy =
        new ProxyUnderTest(
            scripted -> pool(scripted),
            CachePolicy.defaults(),
            new OriginTimeouts(seconds(5), seconds(5), seconds(5)))) {
      AtomicReference<String> mode = new AtomicReference<>("one");
      AtomicInteger asked = new AtomicInteger();
      proxy.origin.on(
          "/p",
          request -> {
            asked.incrementAndGet();
            if (mode.get().equals("closes")) {
              request.connection().close();
            } else {
              request
                  .response()
                  .putHeader("Cache-Control", "max-age=10, stale-if-error=600")
                  .end(mode.get());
            }
          });
      proxy.getStored("/p");
      proxy.time.advance(seconds(20));
      mode.set("closes");
      for (int i = 0; i < 5; i++) {
        assertThat(proxy.get("/p").body()).isEqualTo("one");
        // Else the next may share the fetch that has just failed.
        Awaitility.await().until(() -> proxy.proxy.figures().fetchesUnderWay() == 0);
      }
      assertThat(figures(proxy).origins().getFirst().standing().state())
          .isEqualTo(OriginFigures.State.DOWN);
      int before = asked.get();
      for (int i = 0; i < 20; i++) {
        HttpResponse<String> stale = proxy.get("/p");
        assertThat(stale.body()).isEqualTo("one");
        assertThat(cacheStatus(stale)).contains("fwd=stale").contains("stale-if-error");
      }
      assertThat(asked).as("not bothered").hasValue(before);
      assertThat(figures(proxy).spared()).isGreaterThanOrEqualTo(20);

      mode.set("two");
      proxy.time.advance(seconds(5));
      assertThat(proxy.get("/p").body()).as("still answered at once").isEqualTo("one");
      Awaitility.await()
          .until(() ->
              figures(proxy).origins().getFirst().standing().state() == OriginFigures.State.UP);
      Awaitility.await().until(() -> proxy.get("/p").body().equals("two"));
      assertThat(asked).hasValue(before + 1);
    }
  }

  @Test
  void aFetchHasOnlySoManyFollowers() throws Exception {
    try (ProxyUnderTest proxy = new ProxyUnderTest()) {
      List<HttpServerRequest> held = new CopyOnWriteArrayList<>();
      proxy.origin.on("/p", held::add);
      List<CompletableFuture<HttpResponse<String>>> all = new ArrayList<>();
      for (int i = 0; i <= ProxyUnderTest.MAX_FOLLOWERS; i++) {
        all.add(proxy.getAsync("/p"));
      }
      Awaitility.await()
          .until(() -> proxy.proxy.figures().collapsed() == ProxyUnderTest.MAX_FOLLOWERS);
      HttpResponse<String> refused = proxy.get("/p");
      assertThat(refused.statusCode()).isEqualTo(503);
      assertThat(refused.headers().firstValue("Retry-After")).hasValue("1");
      assertThat(refused.headers().firstValue("Proxy-Status"))
          .hasValue("forebay; error=proxy_internal_response");
      assertThat(proxy.proxy.figures().followersRefused()).isEqualTo(1);
      held.getFirst().response().putHeader("Cache-Control", "max-age=60").end("page");
      for (var answer : all) {
        assertThat(answer.get(20, TimeUnit.SECONDS).body()).isEqualTo("page");
      }
    }
  }
}
