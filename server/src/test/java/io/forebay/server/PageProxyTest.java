package io.forebay.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.forebay.server.settings.Assignment;
import io.forebay.server.settings.SettingsReader;
import io.forebay.server.settings.SettingsReading;
import io.forebay.server.settings.WrittenSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The proxy as the settings make it.
class PageProxyTest {

  /// An origin on loopback, started.
  ///
  /// @param answer the body of each answer; may add fields
  private static HttpServer origin(Function<HttpExchange, String> answer) throws IOException {
    HttpServer origin =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    origin.createContext(
        "/",
        exchange -> {
          byte[] body = answer.apply(exchange).getBytes(StandardCharsets.US_ASCII);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    origin.start();
    return origin;
  }

  @Test
  void pagesShareTheNodeAndShowInItsFigures() throws IOException {
    AtomicInteger asked = new AtomicInteger();
    HttpServer origin =
        origin(exchange -> {
          asked.incrementAndGet();
          exchange.getResponseHeaders().add("Cache-Control", "max-age=60");
          return "hello";
        });
    String settings = "proxy: {origin: \"http://127.0.0.1:" + origin.getAddress().getPort() + "\"}";
    try (var server = TestingServer.start(settings)) {
      assertThat(server.getPage("/p").body()).isEqualTo("hello");
      var second = server.getPage("/p");
      assertThat(second.headers().firstValue("Cache-Status").orElse(""))
          .startsWith("forebay; hit; ttl=");
      assertThat(asked).hasValue(1);
      assertThat(server.get("/v1/stats").body())
          .contains("{\"name\":\"pages\",\"eviction_policy\":\"auto\",\"entries\":1,");
      assertThat(server.get("/metrics").body())
          .contains("forebay_cache_entries{cache=\"pages\"} 1.0");
      assertThat(server.send("PUT", "/v1/caches/pages", "").statusCode())
          .as("the name is taken")
          .isEqualTo(409);
    } finally {
      origin.stop(0);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"on", "off"})
  void whatEventLoopsAnswerIsCountedWhetherItIsLoggedOrNot(String logged) throws IOException {
    HttpServer origin =
        origin(exchange -> {
          boolean isShared = exchange.getRequestURI().getPath().equals("/p");
          exchange.getResponseHeaders().add("Cache-Control", isShared ? "max-age=60" : "no-store");
          return "hello";
        });
    String settings =
        "proxy: {origin: \"http://127.0.0.1:%d\"}\nlog: {exchanges: %s}"
            .formatted(origin.getAddress().getPort(), logged);
    try (var server = TestingServer.start(settings)) {
      Map<String, Integer> told = new TreeMap<>();
      for (int i = 0; i < 10; i++) {
        told.merge(resultOf(server.getPage(i % 2 == 0 ? "/p" : "/own")), 1, Integer::sum);
      }
      assertThat(told).containsKey("hit").hasSizeGreaterThan(1);
      Awaitility.await().untilAsserted(() -> assertThat(countedBy(server)).isEqualTo(told));
      assertThat(server.get("/metrics").body())
          .contains("forebay_proxy_body_bytes_total{route=\"default\"} 50.0");
    } finally {
      origin.stop(0);
    }
  }

  /// What `Cache-Status` says: that it was a hit, or why it was forwarded.
  private static String resultOf(HttpResponse<String> response) {
    String status = response.headers().firstValue("Cache-Status").orElse("");
    Matcher forwarded = Pattern.compile("; fwd=([a-z-]+)").matcher(status);
    return forwarded.find() ? forwarded.group(1) : status.contains("; hit") ? "hit" : status;
  }

  private static Map<String, Integer> countedBy(TestingServer server) {
    Map<String, Integer> counted = new TreeMap<>();
    Matcher line =
        Pattern.compile(
                "forebay_proxy_request_duration_seconds_count\\{result=\"([^\"]+)\",.*} (\\d+)")
            .matcher(server.get("/metrics").body());
    while (line.find()) {
      counted.put(line.group(1), Integer.valueOf(line.group(2)));
    }
    return counted;
  }

  @Test
  void aTakenProxyPortIsNamedAndNothingStaysBehind() throws IOException {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var written =
          new WrittenSettings(
              Optional.empty(),
              Map.of(),
              List.of(
                  Assignment.flag("test", "api.listen", "127.0.0.1:0"),
                  Assignment.flag("test", "data.dir", "target/test-data/taken-port"),
                  Assignment.flag("test", "proxy.origin", "http://127.0.0.1:9"),
                  Assignment.flag("test", "proxy.listen", "127.0.0.1:" + taken.getLocalPort())));
      var settings = ((SettingsReading.Accepted) SettingsReader.read(written)).settings();
      assertThat(ServerAssembly.start(settings))
          .isInstanceOfSatisfying(
              StartOutcome.NotStarted.class,
              outcome ->
                  assertThat(outcome.why())
                      .contains("proxy.listen")
                      .contains("port " + taken.getLocalPort() + " is taken"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "trusted_fields: x-forwarded, ", "trusted_fields: forwarded, "})
  void trustedProxiesAreBelievedInTheFieldsThatTheSettingNames(String setting) throws IOException {
    HttpServer origin =
        origin(exchange -> exchange.getRequestHeaders().getFirst("X-Forwarded-For"));
    String settings =
        "proxy: {trusted_networks: [127.0.0.0/8], "
            + setting
            + "origin: \"http://127.0.0.1:"
            + origin.getAddress().getPort()
            + "\"}";
    try (var server = TestingServer.start(settings)) {
      String told =
          server.getPage("/p", "X-Forwarded-For", "192.0.2.1", "Forwarded", "for=192.0.2.2").body();
      assertThat(told)
          .isEqualTo((setting.contains(": forwarded") ? "192.0.2.2" : "192.0.2.1") + ", 127.0.0.1");
    } finally {
      origin.stop(0);
    }
  }
}
