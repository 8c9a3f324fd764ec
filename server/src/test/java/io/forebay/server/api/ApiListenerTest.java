package io.forebay.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.server.ServerAssembly;
import io.forebay.server.StartOutcome;
import io.forebay.server.TestingServer;
import io.forebay.server.access.NewToken;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ApiListenerTest {

  private static final String ENTRY = "/v1/caches/default/entries/k";

  @ParameterizedTest(name = "{0} {1} → {2}")
  @CsvSource({
    "GET, /nope, 404, no-such-path",
    "GET, /v1, 404, no-such-path",
    "GET, /v1/caches/, 404, no-such-path",
    "GET, /v1/caches//entries/k, 404, no-such-path",
    "POST, /v1/stats, 405, method-not-allowed",
    "PATCH, /v1/caches/default/entries/k, 405, method-not-allowed",
    "BREW, /, 405, method-not-allowed"
  })
  void whatIsNotServedSaysSo(String method, String path, int status, String code) {
    try (var server = TestingServer.start("log: {exchanges: off}")) {
      var response = server.send(method, path, "");
      assertThat(response.statusCode()).isEqualTo(status);
      assertThat(response.body()).contains("urn:forebay:problem:" + code);
      if (status == 405) {
        assertThat(response.headers().firstValue("Allow").orElse("")).contains("GET, HEAD");
      }
    }
  }

  @Test
  void requestsAreUnderstoodInTheFormsThatHttpAllows() {
    try (var server = TestingServer.start("log: {exchanges: off}")) {
      String close = "Connection: close\r\n\r\n";
      assertThat(
              server.raw(
                  "GET http://localhost/health/live HTTP/1.1\r\nHost: localhost\r\n" + close))
          .startsWith("HTTP/1.1 200");
      assertThat(server.raw("GET /health/live?x=1 HTTP/1.1\r\nHost: localhost\r\n" + close))
          .startsWith("HTTP/1.1 200");
      assertThat(server.raw("GET /health/live HTTP/1.0\r\n\r\n")).contains(" 200 ");
      assertThat(server.raw("GET /health/live HTTP/1.1\r\n" + close)).contains(" 421 ");
      assertThat(server.raw("GARBAGE\r\n\r\n")).contains(" 400 ");
      assertThat(
              server.raw(
                  "PUT "
                      + ENTRY
                      + " HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"
                      + "Content-Length: 1\r\n"
                      + close
                      + "x"))
          .startsWith("HTTP/1.1 100")
          .contains("HTTP/1.1 201");
      assertThat(server.send("GET", ENTRY, "body").body()).contains("takes no body");
    }
  }

  @Test
  void tokensOpenAndCloseWhatTheirRolesSay() {
    var reader = NewToken.create();
    var writer = NewToken.create();
    try (var server =
        TestingServer.start(
            """
            log: {exchanges: off}
            access:
              tokens:
                - {name: r, roles: [read], sha256: %s}
                - {name: w, roles: [write], sha256: %s}
            """
                .formatted(reader.sha256(), writer.sha256()))) {
      String asReader = "Bearer " + reader.secret();
      String asWriter = "Bearer " + writer.secret();
      var nobody = server.send("PUT", ENTRY, "v");
      assertThat(nobody.statusCode()).isEqualTo(401);
      assertThat(nobody.headers().firstValue("WWW-Authenticate")).isPresent();
      assertThat(server.send("PUT", ENTRY, "v", "Authorization", asReader).statusCode())
          .isEqualTo(403);
      assertThat(server.get(ENTRY, "Authorization", asReader).statusCode()).isEqualTo(404);
      assertThat(server.send("PUT", ENTRY, "v", "Authorization", asWriter).statusCode())
          .isEqualTo(201);
      assertThat(server.get(ENTRY, "Authorization", asReader).body()).isEqualTo("v");
      assertThat(server.send("PUT", "/v1/caches/x", "", "Authorization", asWriter).statusCode())
          .isEqualTo(403);
      assertThat(server.get("/metrics").statusCode()).isEqualTo(401);
      assertThat(server.get("/health/ready").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void pagesOfListedOriginsGetCorsFieldsAndOthersAreRefused() {
    try (var server =
        TestingServer.start(
            "api: {allowed_origins: ['https://admin.example']}\nlog: {exchanges: off}")) {
      var preflight =
          server.send(
              "OPTIONS",
              ENTRY,
              "",
              "Origin",
              "https://admin.example",
              "Access-Control-Request-Method",
              "PUT",
              "Access-Control-Request-Headers",
              "if-match");
      assertThat(preflight.statusCode()).isEqualTo(204);
      assertThat(preflight.headers().firstValue("Access-Control-Allow-Methods"))
          .hasValue("DELETE, GET, HEAD, PUT");
      assertThat(preflight.headers().firstValue("Access-Control-Allow-Headers"))
          .hasValue("if-match");
      assertThat(
              server
                  .get("/v1/stats", "Origin", "https://admin.example")
                  .headers()
                  .firstValue("Access-Control-Allow-Origin"))
          .hasValue("https://admin.example");
      var foreign = server.send("PUT", ENTRY, "v", "Origin", "https://evil.example");
      assertThat(foreign.statusCode()).isEqualTo(403);
      assertThat(foreign.headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
      assertThat(server.get(ENTRY).statusCode()).isEqualTo(404);
    }
  }

  @Test
  void bodiesBeyondTheBudgetAreRefusedAndTheBudgetIsGivenBack() throws IOException {
    try (var server =
        TestingServer.start(
            """
            log: {exchanges: off}
            entries: {max_value_bytes: 1MiB}
            api: {max_pending_body_bytes: 3MiB}
            """)) {
      int megabyte = 1 << 20;
      List<Socket> clients = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        clients.add(halfSent(server, megabyte));
      }
      String full = "forebay_api_pending_body_bytes " + (double) (3 * megabyte);
      Awaitility.await().until(() -> server.get("/metrics").body().contains(full));
      assertThat(server.send("PUT", ENTRY, "v").statusCode()).isEqualTo(503);
      for (Socket client : clients) {
        client.close();
      }
      Awaitility.await().until(() -> server.send("PUT", ENTRY, "v").statusCode() == 201);
      assertThat(server.get("/metrics").body()).contains("forebay_api_pending_body_bytes 0.0");
    }
  }

  private static Socket halfSent(TestingServer server, int length) throws IOException {
    var socket = new Socket(server.address().host(), server.address().port());
    socket
        .getOutputStream()
        .write(
            ("PUT "
                    + ENTRY
                    + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
                    + length
                    + "\r\n\r\nx")
                .getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  @Test
  void aStopFinishesWhatIsUnderWay() throws Exception {
    var server = TestingServer.start("log: {exchanges: off}");
    try (var client = halfSent(server, 2)) {
      Awaitility.await()
          .until(
              () -> server.get("/metrics").body().contains("forebay_api_pending_body_bytes 2.0"));
      var stopped = new CountDownLatch(1);
      Thread.ofVirtual()
          .start(() -> {
            server.running().stop();
            stopped.countDown();
          });
      Awaitility.await().until(() -> isRefused(server));
      assertThat(stopped.getCount()).isEqualTo(1);
      client.getOutputStream().write('y');
      assertThat(new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
          .startsWith("HTTP/1.1 201");
      assertThat(stopped.await(20, TimeUnit.SECONDS)).isTrue();
    }
  }

  private static boolean isRefused(TestingServer server) {
    try (var socket = new Socket(server.address().host(), server.address().port())) {
      return !socket.isConnected();
    } catch (IOException e) {
      return true;
    }
  }

  @Test
  void aTakenPortIsNamedWithItsSetting() throws IOException {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var settings = TestingServer.settings("log: {exchanges: off}");
      var api = settings.api();
      var onTaken =
          new io.forebay.server.settings.ServerSettings(
              new io.forebay.server.settings.ServerSettings.Api(
                  new io.forebay.server.settings.HostAndPort("127.0.0.1", taken.getLocalPort()),
                  api.allowedHosts(),
                  api.allowedOrigins(),
                  api.maxConnections(),
                  api.idleTimeout(),
                  api.maxPendingBodyBytes(),
                  api.tls()),
              settings.entries(),
              settings.memory(),
              settings.caches(),
              settings.proxy(),
              settings.tokens(),
              settings.log(),
              settings.dataDir(),
              settings.invalidationLog(),
              settings.tiers(),
              settings.fleet(),
              settings.reloadOnChange(),
              settings.audit(),
              settings.forward(),
              settings.shutdownGrace(),
              settings.tlsReloadInterval(),
              settings.compat(),
              settings.prediction(),
              settings.warming(),
              settings.history(),
              settings.page());
      assertThat(ServerAssembly.start(onTaken))
          .isEqualTo(
              new StartOutcome.NotStarted(
                  "api.listen: cannot listen on 127.0.0.1:"
                      + taken.getLocalPort()
                      + ": port "
                      + taken.getLocalPort()
                      + " is taken; stop the program that has it, or choose another with --set"
                      + " api.listen=HOST:PORT"));
    }
  }

  @Test
  void aFolderThatCannotBeWrittenIsNamed(@TempDir Path folder) throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    var outcome =
        ServerAssembly.start(TestingServer.settings("data: {dir: " + file.resolve("below") + "}"));
    assertThat(outcome).isInstanceOf(StartOutcome.NotStarted.class);
    assertThat(((StartOutcome.NotStarted) outcome).why())
        .startsWith("data.dir: cannot write to " + file.resolve("below"));
  }
}
