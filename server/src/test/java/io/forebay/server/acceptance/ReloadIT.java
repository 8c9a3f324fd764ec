package io.forebay.server.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The signal that operators know, and the file that is watched.
class ReloadIT {

  @TempDir private Path folder = Path.of(".");

  private Path write(int origin, String mark, boolean watched) throws IOException {
    return Files.writeString(
        folder.resolve("f.yaml"),
        """
        config: {reload_on_change: %s}
        proxy:
          routes:
            - name: all
              origins: [http://127.0.0.1:%d]
              response_headers: {set: {X-Rules: %s}}
        """
            .formatted(watched ? "on" : "off", origin, mark));
  }

  private static String rules(ForebayProcess forebay) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + forebay.proxy + "/")).build();
      return client
          .send(request, BodyHandlers.discarding())
          .headers()
          .firstValue("X-Rules")
          .orElse("none");
    }
  }

  @Test
  void aHangUpOrAChangeOfTheFilePutsOtherRulesInForce() throws Exception {
    HttpServer origin =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    origin.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    origin.start();
    int port = origin.getAddress().getPort();
    Path file = write(port, "one", false);
    try (var forebay = ForebayProcess.start("serve", "--config", file.toString())) {
      assertThat(rules(forebay)).isEqualTo("one");
      write(port, "two", false);
      hangUp(forebay);
      Awaitility.await().until(() -> rules(forebay).equals("two"));
      Files.writeString(file, "proxy: {rotes: []}");
      hangUp(forebay);
      Awaitility.await().until(() -> forebay.output().contains("f.yaml:1:9: unknown setting"));
      assertThat(rules(forebay)).isEqualTo("two");
    } finally {
      origin.stop(0);
    }
  }

  @Test
  void aChangeOfAWatchedFilePutsOtherRulesInForce() throws Exception {
    HttpServer origin =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    origin.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    origin.start();
    int port = origin.getAddress().getPort();
    Path file = write(port, "one", true);
    try (var forebay = ForebayProcess.start("serve", "--config", file.toString())) {
      assertThat(rules(forebay)).isEqualTo("one");
      write(port, "two!", true);
      Awaitility.await().until(() -> rules(forebay).equals("two!"));
    } finally {
      origin.stop(0);
    }
  }

  private static void hangUp(ForebayProcess forebay) throws Exception {
    assertThat(new ProcessBuilder("kill", "-HUP", Long.toString(forebay.pid())).start().waitFor())
        .isZero();
  }
}
