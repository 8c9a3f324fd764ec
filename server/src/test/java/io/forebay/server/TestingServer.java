package io.forebay.server;

import io.forebay.cache.TimeSource;
import io.forebay.proxy.ExchangeObserver;
import io.forebay.server.compat.ForeignSystem.Door;
import io.forebay.server.reload.SettingsSource;
import io.forebay.server.settings.Assignment;
import io.forebay.server.settings.HostAndPort;
import io.forebay.server.settings.ServerSettings;
import io.forebay.server.settings.SettingsReader;
import io.forebay.server.settings.SettingsReading;
import io.forebay.server.settings.WrittenSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.awaitility.Awaitility;

/// A real server on a loopback port of its own, and a client for it.
public final class TestingServer implements AutoCloseable {

  private final RunningServer server;
  private final HttpClient client = HttpClient.newHttpClient();

  private TestingServer(RunningServer server) {
    this.server = server;
  }

  /// @param yaml settings, over which a port of its own is laid
  public static TestingServer start(String yaml, TimeSource time) {
    return switch (ServerAssembly.start(settings(yaml), time, ExchangeObserver.NONE)) {
      case StartOutcome.Started(var server) -> new TestingServer(server);
      case StartOutcome.NotStarted(var why) -> throw new AssertionError(why);
    };
  }

  /// A server whose settings are in a file and may be read again; ports and data are chosen here.
  public static TestingServer startWith(Path file) {
    String dataDir = newDataDir();
    SettingsSource source =
        new SettingsSource() {
          @Override
          public SettingsReading read() {
            try {
              return reading(Files.readString(file), dataDir, Map.of());
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          }

          @Override
          public Optional<Path> file() {
            return Optional.of(file);
          }
        };
    var read = (SettingsReading.Accepted) source.read();
    return switch (ServerAssembly.start(read, source)) {
      case StartOutcome.Started(var server) -> new TestingServer(server);
      case StartOutcome.NotStarted(var why) -> throw new AssertionError(why);
    };
  }

  public static TestingServer start(String yaml) {
    return start(yaml, TimeSource.SYSTEM);
  }

  /// With variables of the environment under the settings.
  public static TestingServer start(String yaml, Map<String, String> environment) {
    return switch (ServerAssembly.start(settings(yaml, environment))) {
      case StartOutcome.Started(var server) -> new TestingServer(server);
      case StartOutcome.NotStarted(var why) -> throw new AssertionError(why);
    };
  }

  public static ServerSettings settings(String yaml) {
    return settings(yaml, Map.of());
  }

  private static ServerSettings settings(String yaml, Map<String, String> environment) {
    return switch (reading(yaml, newDataDir(), environment)) {
      case SettingsReading.Accepted accepted -> accepted.settings();
      case SettingsReading.Refused refused -> throw new AssertionError(refused);
    };
  }

  private static String newDataDir() {
    return "target/test-data/" + UUID.randomUUID();
  }

  private static SettingsReading reading(
      String yaml, String dataDir, Map<String, String> environment) {
    List<Assignment> flags = new ArrayList<>();
    flags.add(Assignment.flag("test", "api.listen", "127.0.0.1:0"));
    flags.add(Assignment.flag("test", "proxy.listen", "127.0.0.1:0"));
    for (Door door : Door.values()) {
      flags.add(Assignment.flag("test", "compat." + door.text() + "_port", "0"));
    }
    if (!yaml.contains("data:")) {
      flags.add(Assignment.flag("test", "data.dir", dataDir));
    }
    var written =
        new WrittenSettings(
            Optional.of(new WrittenSettings.File("test.yaml", yaml)), environment, flags);
    return SettingsReader.read(written);
  }

  /// Sends to one of the further ports.
  public HttpResponse<String> sendTo(
      Door door, String method, String path, String body, String... fields) {
    return sendForBytes(
        server.doors().getOrDefault(door, address()),
        method,
        path,
        body.getBytes(StandardCharsets.UTF_8),
        BodyHandlers.ofString(),
        fields);
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
    return sendForBytes(address(), method, path, body, handler, fields);
  }

  private <T> HttpResponse<T> sendForBytes(
      HostAndPort to,
      String method,
      String path,
      byte[] body,
      HttpResponse.BodyHandler<T> handler,
      String... fields) {
    var request =
        HttpRequest.newBuilder(URI.create("http://" + to + path))
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
  ///
  /// @param fields name, value, name, value, …
  public HttpResponse<String> getPage(String path, String... fields) {
    return sendToProxy("GET", path, fields);
  }

  /// The URL of a page of the proxy, as a client says it.
  public String pageUrl(String path) {
    return "http://" + server.proxyAddress().orElseThrow() + path;
  }

  /// Asks the proxy until the page comes from its store.
  public String storedPage(String path, String... fields) {
    return Awaitility.await()
        .until(
            () -> sendToProxy("GET", path, fields),
            response ->
                response.headers().firstValue("Cache-Status").orElse("").contains("; hit; ttl="))
        .body();
  }

  /// @param fields name, value, name, value, …
  public HttpResponse<String> sendToProxy(String method, String path, String... fields) {
    var request =
        HttpRequest.newBuilder(URI.create(pageUrl(path)))
            .version(HttpClient.Version.HTTP_1_1)
            .method(method, BodyPublishers.noBody());
    if (fields.length > 0) {
      request.headers(fields);
    }
    try {
      return client.send(request.build(), BodyHandlers.ofString());
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
