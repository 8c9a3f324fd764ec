package io.forebay.server.compat;

import static io.forebay.server.compat.CompatServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.forebay.cache.testing.TestingTimeSource;
import io.forebay.server.TestingServer;
import io.forebay.server.compat.ForeignSystem.Door;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ChronoCacheTest {

  private static final Pattern ANSWER = Pattern.compile("Key (\\S+) set with TTL (\\d+)s");

  private static String pair(String key, String value) {
    return "{\"key\": \"" + key + "\", \"value\": \"" + value + "\"}";
  }

  private static long ttl(String answer) {
    var matcher = ANSWER.matcher(answer);
    assertThat(matcher.matches()).as(answer).isTrue();
    return Long.parseLong(matcher.group(2));
  }

  @Test
  void aPairIsSetWithAPredictedTtlAndListedUntilItExpires() {
    var time = new TestingTimeSource();
    try (var server = TestingServer.start(CompatServer.ALL, time)) {
      var set = server.sendTo(Door.CACHE, "POST", "/set", pair("username", "darkmatter"));
      assertThat(set.statusCode()).isEqualTo(200);
      assertThat(set.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/plain");
      assertThat(set.body()).isEqualTo("Key username set with TTL 60s");
      assertThat(server.sendTo(Door.CACHE, "GET", "/cache", "").body())
          .isEqualTo("[{\"key\":\"username\",\"value\":\"darkmatter\",\"ttl\":60}]");
      time.advance(Duration.ofMillis(27_500));
      assertThat(json(server.get("/cache")).get(0).get("ttl").asLong()).isEqualTo(33);
      time.advance(Duration.ofSeconds(33));
      assertThat(server.get("/cache").body()).isEqualTo("[]");
    }
  }

  @Test
  void aValueThatKeepsChangingIsGivenAShorterTtlAndOneThatStaysALongerOne() {
    var time = new TestingTimeSource();
    try (var server = TestingServer.start(CompatServer.ALL, time)) {
      for (int round = 0; round < 60; round++) {
        server.send("POST", "/set", pair("price:" + round % 10, "at " + round));
        server.send("POST", "/set", pair("country:" + round % 10, "stays"));
        time.advance(Duration.ofSeconds(2));
      }
      long price = ttl(server.send("POST", "/set", pair("price:77", "new")).body());
      long country = ttl(server.send("POST", "/set", pair("country:77", "new")).body());
      assertThat(price).isLessThan(60);
      assertThat(country).isGreaterThan(60);
      var prediction =
          json(server.sendTo(Door.APPLICATION, "POST", "/predict", "{\"key\": \"price:78\"}"));
      assertThat(prediction.get("ttl").asLong()).isBetween(1L, 59L);
      assertThat(prediction.get("class").asString()).isEqualTo("price|price:0");
      assertThat(prediction.get("sure").asDouble()).isBetween(0.5, 1.0);
      assertThat(prediction.get("changes_per_hour_low").asDouble())
          .isLessThan(prediction.get("changes_per_hour").asDouble());
      assertThat(prediction.get("changes_per_hour_high").asDouble())
          .isGreaterThan(prediction.get("changes_per_hour").asDouble());
    }
  }

  @Test
  void anotherServiceMayPredictAndItsSilenceHasAStatedAnswer() throws IOException {
    var answer = new AtomicReference<>("{\"ttl\": 44}");
    var silence = new CountDownLatch(1);
    var service = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    service.createContext(
        "/predict",
        exchange -> {
          String asked =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          if (asked.contains("never")) {
            try {
              silence.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          }
          byte[] body = answer.get().getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    service.setExecutor(java.util.concurrent.Executors.newCachedThreadPool());
    service.start();
    String yaml =
        CompatServer.ALL
            + "prediction: {url: \"http://127.0.0.1:"
            + service.getAddress().getPort()
            + "/predict\", deadline: 10s, fallback_ttl: 7s}\n";
    try (var server = TestingServer.start(yaml)) {
      assertThat(server.send("POST", "/set", pair("username", "x")).body())
          .isEqualTo("Key username set with TTL 44s");
      answer.set("{\"ttl\": \"soon\"}");
      assertThat(server.send("POST", "/set", pair("username", "x")).body())
          .isEqualTo("Key username set with TTL 7s");
      assertThat(server.get("/metrics").body())
          .contains("forebay_predictions_total{source=\"external\"} 1.0")
          .contains("forebay_predictions_total{source=\"fallback\"} 1.0");
    }
    try (var server = TestingServer.start(yaml.replace("10s", "50ms"))) {
      assertThat(server.send("POST", "/set", pair("never", "x")).body())
          .isEqualTo("Key never set with TTL 7s");
    } finally {
      silence.countDown();
      service.stop(0);
    }
    try (var server = TestingServer.start(yaml)) {
      assertThat(server.send("POST", "/set", pair("down", "x")).body())
          .as("nobody listens there any more")
          .isEqualTo("Key down set with TTL 7s");
    }
  }

  @Test
  void badInputSaysWhatIsWrongInPlainText() {
    try (var server = CompatServer.start()) {
      for (String bad :
          new String[] {"", "{}", "{\"key\": \"a\"}", "{\"key\": \"a\", \"value\": 3}"}) {
        var refused = server.send("POST", "/set", bad);
        assertThat(refused.statusCode()).as(bad).isEqualTo(400);
        assertThat(refused.headers().firstValue("Content-Type").orElseThrow())
            .startsWith("text/plain");
      }
      assertThat(server.send("POST", "/set", pair("", "x")).statusCode()).isEqualTo(400);
      assertThat(server.get("/cache").body()).isEqualTo("[]");
    }
  }

  @Test
  void withoutTheSettingThereIsNothingOfIt() {
    try (var server = TestingServer.start("log: {exchanges: off}")) {
      assertThat(server.send("POST", "/set", pair("a", "b")).statusCode()).isEqualTo(404);
      assertThat(server.get("/api/v1/health").statusCode()).isEqualTo(404);
      assertThat(server.running().doors()).isEmpty();
      assertThat(server.get("/metrics").body()).doesNotContain("distrocache_");
    }
  }
}
