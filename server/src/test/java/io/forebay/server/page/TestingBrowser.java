package io.forebay.server.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.server.api.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// A real Chromium without a window, told what to do over its DevTools protocol.
final class TestingBrowser implements AutoCloseable {

  private static final String ANNOUNCEMENT = "DevTools listening on ws://";
  private static final long PATIENCE_SECONDS = 120;

  private final Process process;
  private final Path profile;
  private final HttpClient client = HttpClient.newHttpClient();
  private final WebSocket socket;
  private final AtomicInteger ids = new AtomicInteger();
  private final Map<Integer, CompletableFuture<JsonNode>> answers = new ConcurrentHashMap<>();

  private TestingBrowser(Process process, Path profile, String address) {
    this.process = process;
    this.profile = profile;
    this.socket = connect(address);
    call("Page.enable", Map.of());
    call("Runtime.enable", Map.of());
  }

  static TestingBrowser start() throws IOException {
    Path profile = Files.createTempDirectory("forebay-chromium-");
    Process process =
        new ProcessBuilder(
                "chromium",
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-extensions",
                "--no-first-run",
                "--hide-scrollbars",
                "--window-size=1100,900",
                "--remote-debugging-port=0",
                "--user-data-dir=" + profile,
                "about:blank")
            .redirectErrorStream(true)
            .start();
    var output =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    String line = output.readLine();
    while (line != null && !line.contains(ANNOUNCEMENT)) {
      line = output.readLine();
    }
    assertThat(line).as("chromium said where it listens").isNotNull();
    // What else it says must be read, or it would stop once the pipe is full.
    Thread.ofVirtual().start(() -> output.lines().forEach(ignored -> {}));
    int begin = line.indexOf(ANNOUNCEMENT) + ANNOUNCEMENT.length();
    String address = line.substring(begin, line.indexOf('/', begin));
    return new TestingBrowser(process, profile, address);
  }

  private WebSocket connect(String address) {
    try {
      var list =
          client.send(
              HttpRequest.newBuilder(URI.create("http://" + address + "/json/list")).build(),
              BodyHandlers.ofByteArray());
      for (JsonNode target : Json.tree(list.body()).orElseThrow()) {
        if (target.get("type").asString().equals("page")) {
          return client
              .newWebSocketBuilder()
              .buildAsync(URI.create(target.get("webSocketDebuggerUrl").asString()), new Ear())
              .join();
        }
      }
      throw new AssertionError("chromium has no page");
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private final class Ear implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      text.append(data);
      if (last) {
        JsonNode message =
            Json.tree(text.toString().getBytes(StandardCharsets.UTF_8)).orElseThrow();
        text.setLength(0);
        if (message.has("id")) {
          var answer = answers.remove(message.get("id").asInt());
          if (answer != null) {
            answer.complete(message);
          }
        }
      }
      from.request(1);
      return null;
    }
  }

  private JsonNode call(String method, Map<String, Object> parameters) {
    int id = ids.incrementAndGet();
    Map<String, Object> message = new LinkedHashMap<>();
    message.put("id", id);
    message.put("method", method);
    message.put("params", parameters);
    var answer = new CompletableFuture<JsonNode>();
    answers.put(id, answer);
    socket.sendText(new String(Json.write(message), StandardCharsets.UTF_8), true).join();
    JsonNode answered = answer.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
    assertThat(answered.has("error")).as(answered.toString()).isFalse();
    return answered.get("result");
  }

  void open(String url) {
    call("Page.navigate", Map.of("url", url));
  }

  /// Runs an expression in the page; a promise is waited for.
  ///
  /// @return what it came to, as JSON; a null node if that is undefined
  JsonNode run(String expression) {
    JsonNode result =
        call(
            "Runtime.evaluate",
            Map.of("expression", expression, "returnByValue", true, "awaitPromise", true));
    assertThat(result.has("exceptionDetails")).as(result.toString()).isFalse();
    JsonNode value = result.get("result").get("value");
    return value == null ? tools.jackson.databind.node.NullNode.getInstance() : value;
  }

  String text(String expression) {
    return run("String(" + expression + ")").asString();
  }

  /// Types into a field as a person would: what listens for input hears it.
  void type(String selector, String text) {
    run("document.querySelector('" + selector + "').focus()");
    run("document.querySelector('" + selector + "').select?.()");
    call("Input.insertText", Map.of("text", text));
  }

  void click(String selector) {
    run("document.querySelector('" + selector + "').click()");
  }

  void screenshot(Path file) throws IOException {
    String data = call("Page.captureScreenshot", Map.of("format", "png")).get("data").asString();
    Files.createDirectories(file.toAbsolutePath().getParent());
    Files.write(file, Base64.getDecoder().decode(data));
  }

  @Override
  public void close() throws IOException {
    socket.abort();
    client.shutdownNow();
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    process.onExit().join();
    try (Stream<Path> files = Files.walk(profile)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (java.io.UncheckedIOException | java.nio.file.DirectoryNotEmptyException e) {
      // A process of it that is just ending wrote once more; the folder is the system's to clean.
      assertThat(process.isAlive()).isFalse();
    }
  }
}
