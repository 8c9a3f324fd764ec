package io.forebay.server.cli;

import io.forebay.server.RunningServer;
import io.forebay.server.ServerAssembly;
import io.forebay.server.StartOutcome;
import io.forebay.server.log.LogSetup;
import io.forebay.server.settings.Assignment;
import io.forebay.server.settings.HostAndPort;
import io.forebay.server.settings.SettingsReader;
import io.forebay.server.settings.SettingsReading;
import io.forebay.server.settings.WrittenSettings;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/// Starts a server on ports of its own, sends it a request of each common kind, and stops it. The
/// build runs this once, so that the JVM can record which classes a start loads
/// (`-XX:AOTCacheOutput`).
@Command(name = "rehearse", hidden = true)
final class RehearseCommand implements Callable<Integer> {

  private static final List<String> REQUESTS =
      List.of(
          "PUT /v1/caches/default/entries/rehearsal",
          "GET /v1/caches/default/entries/rehearsal",
          "GET /v1/caches/default/entries/absent",
          "GET /v1/caches/default/entries",
          "DELETE /v1/caches/rehearsal",
          "GET /v1/audit",
          "GET /v1/stats",
          "GET /metrics",
          "GET /health/ready");

  private final Terminal terminal;

  RehearseCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    Path folder = Files.createTempDirectory("forebay-rehearsal");
    try {
      return rehearse(folder);
    } finally {
      try (var files = Files.list(folder)) {
        for (Path file : files.toList()) {
          Files.deleteIfExists(file);
        }
      }
      Files.deleteIfExists(folder);
    }
  }

  private int rehearse(Path folder) throws IOException {
    var written =
        new WrittenSettings(
            Optional.empty(),
            Map.of(),
            List.of(
                Assignment.flag("rehearse", "data.dir", folder.toString()),
                Assignment.flag("rehearse", "api.listen", "127.0.0.1:0"),
                Assignment.flag("rehearse", "proxy.listen", "127.0.0.1:0")));
    if (!(SettingsReader.read(written) instanceof SettingsReading.Accepted accepted)) {
      return ExitStatus.SETTINGS.code();
    }
    LogSetup.apply(accepted.settings().log());
    return switch (ServerAssembly.start(accepted.settings())) {
      case StartOutcome.NotStarted(var why) -> terminal.fail(ExitStatus.CANNOT_START, why);
      case StartOutcome.Started(var server) -> {
        try (RunningServer running = server) {
          for (String request : REQUESTS) {
            send(running.apiAddress(), request);
          }
        }
        LogSetup.flush();
        yield ExitStatus.OK.code();
      }
    };
  }

  private static void send(HostAndPort address, String line) throws IOException {
    String more =
        line.startsWith("PUT ")
            ? "Content-Type: text/plain\r\nCache-Control: max-age=5\r\nContent-Length: 2\r\n\r\nhi"
            : "\r\n";
    String request = line + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + more;
    try (var socket = new Socket(address.host(), address.port())) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      socket.getInputStream().readAllBytes();
    }
  }
}
