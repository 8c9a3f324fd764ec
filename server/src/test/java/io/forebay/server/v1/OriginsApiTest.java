package io.forebay.server.v1;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.sun.net.httpserver.HttpServer;
import io.forebay.server.TestingServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// Origins as an operator sees them: API, metrics, explanations, log.
class OriginsApiTest {

  private final AtomicInteger status = new AtomicInteger(200);
  private HttpServer origin;
  private int dead;

  @BeforeEach
  void start() throws IOException {
    origin = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    origin.createContext(
        "/",
        exchange -> {
          exchange.getResponseHeaders().add("Cache-Control", "no-store");
          exchange.sendResponseHeaders(status.get(), -1);
          exchange.close();
        });
    origin.start();
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      dead = socket.getLocalPort();
    }
  }

  @AfterEach
  void stop() {
    origin.stop(0);
  }

  private String alive() {
    return "http://127.0.0.1:" + origin.getAddress().getPort();
  }

  private String settings() {
    return """
    log: {exchanges: off}
    proxy:
      down_after_failures: 3
      pools:
        app:
          origins: [%s, "http://127.0.0.1:%d"]
      routes:
        - {name: shop, host: shop.example.org, pool: app}
        - {name: rest, pool: app}
    """
        .formatted(alive(), dead);
  }

  private static JsonNode json(TestingServer server, String path) {
    var answer = server.get(path);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return new ObjectMapper().readTree(answer.body());
  }

  @Test
  void everyOriginIsListedWithItsStateAndItsFigures() {
    Logger logger = (Logger) LoggerFactory.getLogger("io.forebay.proxy.origin");
    ListAppender<ILoggingEvent> events = new ListAppender<>();
    events.start();
    logger.addAppender(events);
    logger.setLevel(Level.INFO);
    try (var server = TestingServer.start(settings())) {
      for (int i = 0; i < 10; i++) {
        assertThat(server.getPage("/p").statusCode()).isEqualTo(200);
      }
      JsonNode pool = json(server, "/v1/origins").at("/pools/0");
      assertThat(pool.get("name").asString()).isEqualTo("app");
      assertThat(pool.get("routes").toString()).isEqualTo("[\"shop\",\"rest\"]");
      assertThat(pool.get("waiting").asInt()).isZero();
      JsonNode well = pool.at("/origins/0");
      assertThat(well.get("origin").asString()).isEqualTo(alive());
      assertThat(well.get("state").asString()).isEqualTo("up");
      assertThat(well.get("requests").asInt()).isEqualTo(10);
      assertThat(well.get("connections").asInt()).isEqualTo(1);
      JsonNode down = pool.at("/origins/1");
      assertThat(down.get("state").asString()).isEqualTo("down");
      assertThat(down.get("why").asString()).contains("refused");
      assertThat(down.get("left_alone_seconds").asDouble()).isBetween(0.0, 5.0);
      assertThat(down.at("/failures/connection_refused").asInt()).isEqualTo(3);
      assertThat(down.get("times_down").asInt()).isEqualTo(1);

      String labels = "{origin=\"http://127.0.0.1:" + dead + "\",pool=\"app\"";
      assertThat(server.get("/metrics").body())
          .contains("forebay_origin_up" + labels + "} 0.0")
          .contains("forebay_origin_times_down_total" + labels + "} 1.0")
          .contains(
              "forebay_origin_failures_total{kind=\"connection_refused\",origin=\"http://127.0.0.1:"
                  + dead
                  + "\",pool=\"app\"} 3.0")
          .contains("forebay_pool_waiting{pool=\"app\"} 0.0");

      JsonNode explained = json(server, "/v1/explain?url=http://shop.example.org/p");
      assertThat(explained.at("/pool/name").asString()).isEqualTo("app");
      assertThat(explained.at("/pool/origins/1/state").asString()).isEqualTo("down");

      assertThat(events.list)
          .filteredOn(event -> event.getMessage().equals("origin is down"))
          .singleElement()
          .satisfies(event ->
              assertThat(event.getKeyValuePairs().toString())
                  .contains("pool=\"app\"")
                  .contains("origin=\"http://127.0.0.1:" + dead + "\"")
                  .contains("refused"));
    } finally {
      logger.detachAppender(events);
      logger.setLevel(null);
    }
  }

  @Test
  void checksShowAnOriginThatNobodyHasAskedYet() {
    status.set(503);
    String settings =
        """
        log: {exchanges: off}
        proxy:
          pools:
            app: {origins: [%s], check_path: /healthz, check_interval: 100ms}
          routes: [{name: all, pool: app}]
        """
            .formatted(alive());
    try (var server = TestingServer.start(settings)) {
      Awaitility.await()
          .until(() ->
              json(server, "/v1/origins").at("/pools/0/origins/0/state").asString().equals("down"));
      assertThat(json(server, "/v1/origins").at("/pools/0/origins/0/why").asString())
          .isEqualTo("a check got 503");
      status.set(204);
      Awaitility.await()
          .until(() ->
              json(server, "/v1/origins").at("/pools/0/origins/0/state").asString().equals("up"));
    }
  }

  @Test
  void aNameIsAnOriginForEachOfItsAddresses() {
    // Of the hosts file, which needs no name server.
    String settings =
        "proxy: {origin: 'http://localhost:"
            + origin.getAddress().getPort()
            + "'}\n"
            + "log: {exchanges: off}";
    try (var server = TestingServer.start(settings)) {
      assertThat(server.getPage("/p").statusCode()).isEqualTo(200);
      assertThat(json(server, "/v1/origins").at("/pools/0/origins/0/origin").asString())
          .endsWith(" at 127.0.0.1");
    }
  }

  @Test
  void withoutAProxyThereIsNothingToList() {
    try (var server = TestingServer.start("log: {exchanges: off}")) {
      var answer = server.get("/v1/origins");
      assertThat(answer.statusCode()).isEqualTo(409);
      assertThat(answer.body()).contains("proxy-off");
    }
  }
}
