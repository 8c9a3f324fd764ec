package io.forebay.server.acceptance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/// `./forebay` as a process of its own, with its output in a file.
final class ForebayProcess implements AutoCloseable {

  /// The folder with the launcher: tests run in the module's.
  static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  private final Process process;
  private final Path output;
  final int api;
  final int proxy;

  private ForebayProcess(Process process, Path output, int api, int proxy) {
    this.process = process;
    this.output = output;
    this.api = api;
    this.proxy = proxy;
  }

  /// Starts a command on free ports and waits until it is ready.
  static ForebayProcess start(String... arguments) throws IOException {
    return start(Map.of(), arguments);
  }

  /// As [#start(String...)], with these environment variables beside the test's own.
  static ForebayProcess start(Map<String, String> environment, String... arguments)
      throws IOException {
    int api = freePort();
    int proxy = freePort();
    List<String> command = new ArrayList<>(List.of(arguments));
    command.add("--set");
    command.add("api.listen=127.0.0.1:" + api);
    command.add("--set");
    command.add("proxy.listen=127.0.0.1:" + proxy);
    if (command.stream().noneMatch(argument -> argument.startsWith("data.dir="))) {
      command.add("--set");
      command.add("data.dir=" + Path.of("target", "test-data", "process-" + api).toAbsolutePath());
    }
    return launch(environment, command, api, proxy);
  }

  /// Starts a command as it is; the default ports must be free.
  static ForebayProcess startOnDefaultPorts(List<String> arguments) throws IOException {
    return launch(Map.of(), arguments, 9400, 6081);
  }

  private static ForebayProcess launch(
      Map<String, String> environment, List<String> arguments, int api, int proxy)
      throws IOException {
    Path output = Files.createTempFile("forebay-", ".log");
    // Also where whoever runs the tests ignores SIGHUP (nohup).
    List<String> command = new ArrayList<>(List.of("env", "--default-signal=HUP", "./forebay"));
    command.addAll(arguments);
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(ROOT.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    ForebayProcess forebay = new ForebayProcess(process, output, api, proxy);
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(50))
        .until(() -> !process.isAlive() || forebay.isReady());
    if (!process.isAlive()) {
      throw new IOException("./forebay " + arguments + " ended early:\n" + forebay.output());
    }
    return forebay;
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private boolean isReady() {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + api + "/health/ready"))
              .timeout(Duration.ofSeconds(2))
              .build();
      return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  String output() {
    try {
      return Files.readString(output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The JVM: the launcher replaces itself by it.
  long pid() {
    return process.pid();
  }

  /// Asks it to stop and waits.
  ///
  /// @return the exit status
  int stop() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
    return process.exitValue();
  }

  /// Ends it as a power cut would: nothing of it runs any more.
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  @Override
  public void close() {
    try {
      stop();
      Files.deleteIfExists(output);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
