package io.forebay.server.pages;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.server.TestingServer;
import io.forebay.server.settings.HostAndPort;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.net.Socket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Upgraded connections of the program itself, which reads sockets in another way (epoll) than the
/// proxy's own tests: at an end it reads all that is there, whoever is too slow for it.
class UpgradedConnectionsTest {

  private static final int LENGTH = 8_000_000;

  private final Vertx vertx = Vertx.vertx();
  private HttpServer origin;

  @BeforeEach
  void start() throws Exception {
    origin =
        vertx
            .createHttpServer(new HttpServerOptions().setHost("127.0.0.1").setPort(0))
            .requestHandler(request -> {
              if (!"/up".equals(request.path())) {
                var _ = request.response().putHeader("Cache-Control", "no-store").end("page");
                return;
              }
              request
                  .response()
                  .putHeader("Connection", "Upgrade")
                  .putHeader("Upgrade", "websocket");
              request
                  .toNetSocket()
                  .onSuccess(socket ->
                      socket.write("x".repeat(LENGTH) + "\0").onComplete(_ -> socket.close()));
            })
            .listen()
            .toCompletionStage()
            .toCompletableFuture()
            .get();
  }

  @AfterEach
  void stop() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get();
  }

  @Test
  void whatAnOriginSentBeforeItClosedReachesASlowClientWhole() throws Exception {
    try (TestingServer server =
        TestingServer.start("proxy:\n  origin: http://127.0.0.1:" + origin.actualPort() + "\n")) {
      HostAndPort proxy = server.running().proxyAddress().orElseThrow();
      for (int i = 0; i < 5; i++) {
        // Leaves a connection behind, which may be another event loop's than the next request.
        assertThat(server.sendToProxy("POST", "/page").body()).isEqualTo("page");
        try (Socket client = new Socket(proxy.host(), proxy.port())) {
          client.setSoTimeout(60_000);
          client
              .getOutputStream()
              .write(
                  "GET /up HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n"
                      .getBytes(ISO_8859_1));
          // Until all buffers on the way are full.
          Thread.sleep(300);
          String all = new String(client.getInputStream().readAllBytes(), ISO_8859_1);
          assertThat(all).startsWith("HTTP/1.1 101 ");
          assertThat(all.substring(all.indexOf("\r\n\r\n") + 4)).hasSize(LENGTH + 1).endsWith("\0");
        }
      }
    }
  }
}
