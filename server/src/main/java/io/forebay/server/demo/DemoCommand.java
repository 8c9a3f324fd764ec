package io.forebay.server.demo;

import io.forebay.cache.TimeSource;
import io.forebay.proxy.ExchangeRecord;
import io.forebay.server.RunningServer;
import io.forebay.server.ServerAssembly;
import io.forebay.server.StartOutcome;
import io.forebay.server.cli.ExitStatus;
import io.forebay.server.cli.ServeCommand;
import io.forebay.server.cli.SettingsOptions;
import io.forebay.server.cli.Terminal;
import io.forebay.server.log.LogSetup;
import io.forebay.server.settings.ServerSettings;
import io.forebay.server.settings.SettingsReading;
import io.vertx.core.Vertx;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `forebay demo`.
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = {
      "Serve a small shop through the cache, with visitors, and say what happens.",
      "The visitors stop after a while; the shop stays open until Ctrl-C."
    })
public final class DemoCommand implements Callable<Integer> {

  @Mixin private SettingsOptions options = new SettingsOptions();

  @Option(
      names = "--visitors-for",
      paramLabel = "SECONDS",
      defaultValue = "120",
      description = "How long the visitors stay (default: ${DEFAULT-VALUE} s, at most 3600).")
  private int visitorSeconds = 120;

  @Option(
      names = "--requests",
      paramLabel = "N",
      defaultValue = "40",
      description = "Their requests a second (default: ${DEFAULT-VALUE}, at most 1000).")
  private int requestsPerSecond = 40;

  private final Terminal terminal;

  private DemoCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  public static DemoCommand of(Terminal terminal) {
    return new DemoCommand(terminal);
  }

  @Override
  public Integer call() throws InterruptedException {
    if (visitorSeconds < 0 || visitorSeconds > 3600) {
      return refuse("--visitors-for: expected 0 to 3600 seconds, got " + visitorSeconds);
    }
    if (requestsPerSecond < 1 || requestsPerSecond > 1000) {
      return refuse("--requests: expected 1 to 1000 a second, got " + requestsPerSecond);
    }
    Vertx vertx = Vertx.vertx();
    DemoShop shop = new DemoShop(vertx);
    try {
      int port =
          shop.open()
              .toCompletionStage()
              .toCompletableFuture()
              .get(10, TimeUnit.SECONDS)
              .actualPort();
      options.useOrigin("http://127.0.0.1:" + port);
      options.setByDefault("log.exchanges", "off");
      options.setByDefault("audit.enabled", "off"); // leaves nothing behind
      return switch (options.read(terminal)) {
        case SettingsReading.Refused refused -> SettingsOptions.refuse(refused, terminal);
        case SettingsReading.Accepted accepted -> run(accepted.settings(), shop);
      };
    } catch (ExecutionException | TimeoutException e) {
      return refuse("the demo's shop cannot open: " + e);
    } finally {
      vertx.close();
    }
  }

  private int refuse(String why) {
    return terminal.fail(ExitStatus.USAGE, why);
  }

  private int run(ServerSettings settings, DemoShop shop) throws InterruptedException {
    LogSetup.apply(settings.log());
    Commentary commentary = new Commentary(terminal.out());
    return switch (ServerAssembly.start(settings, TimeSource.SYSTEM, commentary::heard)) {
      case StartOutcome.NotStarted(var why) -> {
        LogSetup.flush();
        yield terminal.fail(ExitStatus.CANNOT_START, why);
      }
      case StartOutcome.Started(var server) -> {
        ServeCommand.stopOnSignal(server);
        server.pages().ifPresent(commentary.notes::lookInto);
        show(server, shop, commentary);
        server.awaitStopped();
        yield ExitStatus.OK.code();
      }
    };
  }

  private void show(RunningServer server, DemoShop shop, Commentary commentary)
      throws InterruptedException {
    String proxy = "http://" + server.proxyAddress().orElseThrow();
    String api = "http://" + server.apiAddress();
    commentary.welcome(proxy, api, requestsPerSecond, visitorSeconds);
    try (DemoTraffic traffic = new DemoTraffic(proxy)) {
      traffic.start(requestsPerSecond, Duration.ofSeconds(visitorSeconds));
      for (int second = 1; second <= visitorSeconds; second++) {
        if (server.awaitStopped(Duration.ofSeconds(1))) {
          return;
        }
        commentary.tick(second, traffic.requests(), traffic.failures(), shop.rendered());
      }
    }
    commentary.visitorsGone(proxy);
  }

  /// Tells what happens, in a line a second at most.
  static final class Commentary {
    private final PrintWriter out;
    private final DemoNotes notes = new DemoNotes();

    Commentary(PrintWriter out) {
      this.out = out;
    }

    void heard(ExchangeRecord exchange) {
      notes.note(exchange);
    }

    void welcome(String proxy, String api, int perSecond, int seconds) {
      out.printf(
          """
          A shop whose pages take %d ms to render, and Forebay in front of it.

            the shop, cached   %s/
            its figures        %s/v1/stats   and   %s/metrics
            ask yourself       curl -i %s/products/1

          Visitors ask for %d pages a second, for %d seconds. Ctrl-C ends it all.

          """,
          DemoShop.RENDER_MILLIS, proxy, api, api, proxy, perSecond, seconds);
      out.flush();
    }

    void tick(int second, long requests, long failures, long rendered) {
      notes.lines(second, requests, failures, rendered).forEach(out::println);
      out.flush();
    }

    void visitorsGone(String proxy) {
      out.println("The visitors are gone; the shop stays open at " + proxy + "/ until Ctrl-C.");
      out.flush();
    }
  }
}
