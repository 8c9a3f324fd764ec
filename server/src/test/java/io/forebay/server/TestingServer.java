package io.forebay.server;

import io.forebay.cache.TimeSource;
import io.forebay.server.settings.Assignment;
import io.forebay.server.settings.HostAndPort;
import io.forebay.server.settings.ServerSettings;
import io.forebay.server.settings.SettingsReader;
import io.forebay.server.settings.SettingsReading;
import io.forebay.server.settings.WrittenSettings;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// A real server on a loopback port of its own, and a client for it.
public final class TestingServer implements AutoCloseable {

  private final RunningServer server;
  private final HttpClient client = HttpClient.newHttpClient();

  private TestingServer(RunningServer server) {
    this.server = server;
  }

  /// @param yaml settings, over which a port of its own is laid
  public static TestingServer start(String yaml, TimeSource time) {
    return switch (ServerAssembly.start(settings(yaml), time, _ -> {})) {
      case StartOutcome.Started(var server) -> new TestingServer(server);
      case StartOutcome.NotStarted(var why) -> throw new AssertionError(why);
    };
  }

  public static TestingServer start(String yaml) {
    return start(yaml, TimeSource.SYSTEM);
  }

  public static ServerSettings settings(String yaml) {
    List<Assignment> flags = new ArrayList<>();
    flags.add(Assignment.flag("test", "api.listen", "127.0.0.1:0"));
    flags.add(Assignment.flag("test", "proxy.listen", "127.0.0.1:0"));
    if (!yaml.contains("data:")) {
      flags.add(Assignment.flag("test", "data.dir", "target/test-data/" + UUID.randomUUID()));
    }
    var written =
        new WrittenSettings(
            Optional.of(new WrittenSettings.File("test.yaml", yaml)), Map.of(), flags);
    return switch (SettingsReader.read(written)) {
      case SettingsReading.Accepted accepted -> accepted.settings();
      case SettingsReading.Refused refused -> throw new AssertionError(refused);
    };
  }

  public RunningServer running() {
    return server;
  }

  public HostAndPort address() {
    return server.apiAddress();
  }

  /// @param path raw, percent-encoded
  /// @param fields name, value, name, value, …
  public HttpResponse<String> send(String method, String path, byte[] body, String... fields) {
    return sendForBytes(method, path, body, BodyHandlers.ofString(), fields);
  }

  public HttpResponse<String> send(String method, String path, String body, String... fields) {
    return send(method, path, body.getBytes(StandardCharsets.UTF_8), fields);
  }

  public HttpResponse<String> get(String path, String... fields) {
    return send("GET", path, "", fields);
  }

  public <T> HttpResponse<T> sendForBytes(
      String method,
      String path,
      byte[] body,
      HttpResponse.BodyHandler<T> handler,
      String... fields) {
    var request =
        HttpRequest.newBuilder(URI.create("http://" + address() + path))
            .version(HttpClient.Version.HTTP_1_1)
            .method(
                method,
                body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
    if (fields.length > 0) {
      request.headers(fields);
    }
    try {
      return client.send(request.build(), handler);
    } catch (IOException e) {
      throw new AssertionError(method + " " + path, e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /// Sends bytes as they are and reads until the server closes.
  public String raw(String request) {
    try (var socket = new Socket(address().host(), address().port())) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /// Asks the proxy, which must be on.
  public HttpResponse<String> getPage(String path) {
    URI page = URI.create("http://" + server.proxyAddress().orElseThrow() + path);
    try {
      return client.send(HttpRequest.newBuilder(page).build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new AssertionError(path, e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /// Asks the proxy for a page of any host.
  public HttpResponse<String> getPageOf(String host, String path) {
    HostAndPort proxy = server.proxyAddress().orElseThrow();
    try (HttpClient through =
        HttpClient.newBuilder()
            .proxy(
                java.net.ProxySelector.of(
                    new java.net.InetSocketAddress(proxy.host(), proxy.port())))
            .version(HttpClient.Version.HTTP_1_1)
            .build()) {
      return through.send(
          HttpRequest.newBuilder(URI.create("http://" + host + path)).build(),
          BodyHandlers.ofString());
    } catch (IOException e) {
      throw new AssertionError(path, e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    server.close();
    client.close();
  }
}
