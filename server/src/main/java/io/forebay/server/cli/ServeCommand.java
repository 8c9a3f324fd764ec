package io.forebay.server.cli;

import io.forebay.server.RunningServer;
import io.forebay.server.ServerAssembly;
import io.forebay.server.StartOutcome;
import io.forebay.server.log.LogSetup;
import io.forebay.server.settings.ServerSettings;
import io.forebay.server.settings.SettingsReading;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `forebay serve`: runs until it is told to stop (SIGTERM, Ctrl-C), then finishes what is under
/// way and exits with 0.
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    description = {
      "Serve the API, and the caching proxy if there is an origin. Stops gracefully on SIGTERM;"
          + " reads",
      "its settings again on SIGHUP."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  forebay serve --origin http://127.0.0.1:3000",
      "  forebay serve --config forebay.yaml --set log.format=json"
    })
public final class ServeCommand implements Callable<Integer> {

  @Mixin private SettingsOptions options = new SettingsOptions();

  private final Terminal terminal;

  ServeCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    return switch (options.read(terminal)) {
      case SettingsReading.Refused refused -> SettingsOptions.refuse(refused, terminal);
      case SettingsReading.Accepted accepted -> serve(accepted);
    };
  }

  private int serve(SettingsReading.Accepted accepted) throws InterruptedException {
    ServerSettings settings = accepted.settings();
    LogSetup.apply(settings.log());
    return switch (ServerAssembly.start(accepted, options.source(terminal))) {
      case StartOutcome.NotStarted(var why) -> {
        LogSetup.flush();
        yield terminal.fail(ExitStatus.CANNOT_START, why);
      }
      case StartOutcome.Started(var server) -> {
        announce(server, settings);
        stopOnSignal(server);
        HangUp.onSignal(() -> server.reload("SIGHUP"));
        server.awaitStopped();
        yield ExitStatus.OK.code();
      }
    };
  }

  /// On standard error: standard output is the log's, and may be JSON only.
  private void announce(RunningServer server, ServerSettings settings) {
    terminal.err().println("API    http://" + server.apiAddress());
    new java.util.TreeMap<>(server.doors())
        .forEach((door, address) -> terminal.err().println("       http://" + address));
    server
        .proxyAddress()
        .ifPresentOrElse(
            address ->
                terminal
                    .err()
                    .println(
                        "Proxy  http://"
                            + address
                            + "  ->  "
                            + settings.proxy().routes().getLast().pool().sources().getFirst()),
            () ->
                terminal
                    .err()
                    .println(
                        "Proxy  off; to cache for an application: forebay serve --origin"
                            + " http://127.0.0.1:3000"));
    terminal.err().flush();
  }

  /// A JVM that a signal ends would exit with 143, so the hook ends it itself once all is done.
  public static void stopOnSignal(RunningServer server) {
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .name("forebay-stop")
                .unstarted(() -> {
                  server.stop();
                  LogSetup.flush();
                  Runtime.getRuntime().halt(ExitStatus.OK.code());
                }));
  }
}
