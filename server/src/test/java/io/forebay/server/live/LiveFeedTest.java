package io.forebay.server.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.forebay.server.TestingServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class LiveFeedTest {

  private static final String SHA_OF_SECRET =
      "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b";

  private static final String SHA_OF_TEST =
      "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

  /// What one socket heard.
  private static final class Ear implements WebSocket.Listener {
    final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
    final BlockingQueue<Integer> closings = new LinkedBlockingQueue<>();

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      messages.add(data.toString());
      socket.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
      closings.add(status);
      return null;
    }

    JsonNode next() throws InterruptedException {
      String text = messages.poll(30, TimeUnit.SECONDS);
      assertThat(text).isNotNull();
      return io.forebay.server.api.Json.tree(text.getBytes(StandardCharsets.UTF_8)).orElseThrow();
    }
  }

  private static WebSocket open(
      HttpClient client, TestingServer server, Ear ear, String... protocols) {
    var builder = client.newWebSocketBuilder();
    if (protocols.length > 0) {
      builder.subprotocols(
          protocols[0], java.util.Arrays.copyOfRange(protocols, 1, protocols.length));
    }
    return builder.buildAsync(URI.create("ws://" + server.address() + "/v1/live"), ear).join();
  }

  @Test
  void figuresComeAtFirstAndThenAgain() throws Exception {
    try (var server = TestingServer.start("log: {exchanges: off}");
        HttpClient client = HttpClient.newHttpClient()) {
      var ear = new Ear();
      WebSocket socket = open(client, server, ear, "forebay");
      assertThat(socket.getSubprotocol()).isEqualTo("forebay");
      JsonNode first = ear.next();
      assertThat(first.get("type").asString()).isEqualTo("figures");
      assertThat(first.get("figures").get("entries").asInt()).isZero();
      server.send("PUT", "/v1/caches/default/entries/a", "1");
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> ear.next().get("figures").get("entries").asInt() == 1);
      socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
      await().until(() -> server.get("/metrics").body().contains("forebay_live_sockets 0.0"));
    }
  }

  @Test
  void aSocketBeyondTheBoundIsClosedAndCounted() throws Exception {
    try (var server = TestingServer.start("log: {exchanges: off}");
        HttpClient client = HttpClient.newHttpClient()) {
      List<WebSocket> sockets = new ArrayList<>();
      for (int i = 0; i < LiveFeed.MAX_SOCKETS; i++) {
        sockets.add(open(client, server, new Ear()));
      }
      var oneMore = new Ear();
      sockets.add(open(client, server, oneMore));
      assertThat(oneMore.closings.poll(30, TimeUnit.SECONDS)).isEqualTo(1013);
      assertThat(server.get("/metrics").body()).contains("forebay_live_sockets_refused_total 1.0");
      sockets.forEach(WebSocket::abort);
    }
  }

  @Test
  void noMoreThanTheBoundAreOpenThoughTheyComeAtOneTime() throws Exception {
    int tooMany = 40;
    try (HttpClient client = HttpClient.newHttpClient();
        var server = TestingServer.start("log: {exchanges: off}")) {
      List<Ear> ears = new ArrayList<>();
      List<CompletableFuture<WebSocket>> opening = new ArrayList<>();
      for (int i = 0; i < LiveFeed.MAX_SOCKETS + tooMany; i++) {
        ears.add(new Ear());
        opening.add(
            client
                .newWebSocketBuilder()
                .buildAsync(URI.create("ws://" + server.address() + "/v1/live"), ears.getLast()));
      }
      List<WebSocket> sockets = opening.stream().map(CompletableFuture::join).toList();
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> ears.stream().filter(ear -> ear.closings.contains(1013)).count() == tooMany);
      assertThat(server.get("/metrics").body())
          .contains("forebay_live_sockets " + (double) LiveFeed.MAX_SOCKETS + "\n");
      sockets.forEach(WebSocket::abort);
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> server.get("/metrics").body().contains("forebay_live_sockets 0.0"));
      var later = new Ear();
      WebSocket socket = open(client, server, later);
      later.next();
      socket.abort();
    }
  }

  @Test
  void aSocketWhoseTokenIsTakenBackIsClosedAndOthersStay(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("f.yaml");
    String secrets = "{name: eye, roles: [read], sha256: " + SHA_OF_SECRET + "}";
    String stays = "{name: ops, roles: [admin], sha256: " + SHA_OF_TEST + "}";
    Files.writeString(file, "access: {tokens: [" + secrets + ", " + stays + "]}\n");
    // The server first to close: the client waits for sockets that are open.
    try (HttpClient client = HttpClient.newHttpClient();
        var server = TestingServer.startWith(file)) {
      var eye = new Ear();
      WebSocket ofEye = open(client, server, eye, "forebay", "token.secret");
      var ops = new Ear();
      WebSocket ofOps = open(client, server, ops, "forebay", "token.test");
      eye.next();
      Files.writeString(file, "access: {tokens: [" + stays + "]}\n");
      assertThat(
              server
                  .send("POST", "/v1/config:reload", "", "Authorization", "Bearer test")
                  .statusCode())
          .isEqualTo(200);
      assertThat(eye.closings.poll(30, TimeUnit.SECONDS)).isEqualTo(1008);
      ops.messages.clear();
      ops.next();
      assertThat(ops.closings).isEmpty();
      ofEye.abort();
      ofOps.abort();
    }
  }

  @Test
  void theServerSaysThatItGoes() throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      var ear = new Ear();
      WebSocket socket;
      try (var server = TestingServer.start("log: {exchanges: off}")) {
        socket = open(client, server, ear);
        ear.next();
      }
      assertThat(ear.closings.poll(30, TimeUnit.SECONDS)).isEqualTo(1001);
      socket.abort();
    }
  }

  @Test
  void withTokensOneIsNeededAndMayComeAsAProtocol() {
    String yaml = "access: {tokens: [{name: eye, roles: [read], sha256: " + SHA_OF_SECRET + "}]}\n";
    try (var server = TestingServer.start(yaml);
        HttpClient client = HttpClient.newHttpClient()) {
      assertThatThrownBy(() -> open(client, server, new Ear(), "forebay"))
          .hasCauseInstanceOf(WebSocketHandshakeException.class);
      WebSocket socket = open(client, server, new Ear(), "forebay", "token.secret");
      assertThat(socket.isInputClosed()).isFalse();
      socket.abort();
      assertThatThrownBy(() -> open(client, server, new Ear(), "forebay", "token.wrong"))
          .hasCauseInstanceOf(WebSocketHandshakeException.class);
      assertThat(server.get("/v1/live", "Authorization", "Bearer secret").body())
          .as("without an upgrade")
          .startsWith("{\"type\":\"figures\",\"figures\":{");
      assertThat(server.get("/v1/live").statusCode()).isEqualTo(401);
    }
  }

  @Test
  void aForeignWebPageIsRefused() {
    try (var server = TestingServer.start("log: {exchanges: off}");
        HttpClient client = HttpClient.newHttpClient()) {
      var handshake =
          client
              .newWebSocketBuilder()
              .header("Origin", "http://evil.example")
              .buildAsync(URI.create("ws://" + server.address() + "/v1/live"), new Ear());
      assertThatThrownBy(handshake::join)
          .cause()
          .isInstanceOfSatisfying(
              WebSocketHandshakeException.class,
              refused -> assertThat(refused.getResponse().statusCode()).isEqualTo(403));
    }
  }
}
