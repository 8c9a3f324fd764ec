package io.forebay.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.forebay.server.settings.Assignment;
import io.forebay.server.settings.SettingsReader;
import io.forebay.server.settings.SettingsReading;
import io.forebay.server.settings.WrittenSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// The proxy as the settings make it.
class PageProxyTest {

  @Test
  void pagesShareTheNodeAndShowInItsFigures() throws IOException {
    AtomicInteger asked = new AtomicInteger();
    HttpServer origin =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    origin.createContext(
        "/",
        exchange -> {
          asked.incrementAndGet();
          exchange.getResponseHeaders().add("Cache-Control", "max-age=60");
          exchange.sendResponseHeaders(200, 5);
          exchange.getResponseBody().write("hello".getBytes(StandardCharsets.US_ASCII));
          exchange.close();
        });
    origin.start();
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
}
