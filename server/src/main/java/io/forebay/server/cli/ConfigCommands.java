package io.forebay.server.cli;

import io.forebay.server.api.ProblemsDocument;
import io.forebay.server.metrics.MetricsDocument;
import io.forebay.server.settings.ConfigureDocument;
import io.forebay.server.settings.SettingsReader;
import io.forebay.server.settings.SettingsReading;
import io.forebay.server.settings.WrittenSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// `forebay config check|show|reload|docs`.
final class ConfigCommands {

  private ConfigCommands() {}

  static CommandLine create(Terminal terminal) {
    var command = new CommandLine(new Config());
    command.addSubcommand("check", new Check(terminal));
    command.addSubcommand("show", new Show(terminal));
    command.addSubcommand("reload", new Reload(terminal));
    command.addSubcommand("docs", new Docs(terminal));
    return command.setCaseInsensitiveEnumValuesAllowed(true);
  }

  @Command(
      name = "config",
      mixinStandardHelpOptions = true,
      description = "Check and show settings, or have a running server read them again.",
      synopsisSubcommandLabel = "COMMAND")
  static final class Config {}

  @Command(
      name = "check",
      mixinStandardHelpOptions = true,
      description = "Say whether a settings file is good, alone, without environment and flags.")
  static final class Check implements Callable<Integer> {

    @Parameters(paramLabel = "FILE", description = "The YAML file.")
    private String file = "";

    private final Terminal terminal;

    Check(Terminal terminal) {
      this.terminal = terminal;
    }

    @Override
    public Integer call() {
      return switch (SettingsOptions.readFile(file)) {
        case SettingsOptions.FileReading.Unreadable(var why) ->
            terminal.fail(ExitStatus.SETTINGS, why);
        case SettingsOptions.FileReading.Read(var read) -> check(read);
      };
    }

    private int check(WrittenSettings.File read) {
      var written = new WrittenSettings(Optional.of(read), Map.of(), List.of());
      return switch (SettingsReader.read(written)) {
        case SettingsReading.Refused refused -> SettingsOptions.refuse(refused, terminal);
        case SettingsReading.Accepted accepted -> {
          long count =
              accepted.shown().stream()
                  .filter(shown -> !shown.origin().describe().equals("default"))
                  .count();
          terminal.out().println(file + " is good: it sets " + count + " settings.");
          yield ExitStatus.OK.code();
        }
      };
    }
  }

  @Command(
      name = "show",
      mixinStandardHelpOptions = true,
      description = "Print every setting in force, its value, and where it came from.")
  static final class Show implements Callable<Integer> {

    @Mixin private SettingsOptions options = new SettingsOptions();

    private final Terminal terminal;

    Show(Terminal terminal) {
      this.terminal = terminal;
    }

    @Override
    public Integer call() {
      return switch (options.read(terminal)) {
        case SettingsReading.Refused refused -> SettingsOptions.refuse(refused, terminal);
        case SettingsReading.Accepted accepted -> {
          int names = accepted.shown().stream().mapToInt(s -> s.name().length()).max().orElse(0);
          int values =
              accepted.shown().stream()
                  .mapToInt(shown -> Math.min(40, valueText(shown).length()))
                  .max()
                  .orElse(0);
          String format = "%-" + names + "s  %-" + values + "s  %s%n";
          accepted
              .shown()
              .forEach(shown ->
                  terminal
                      .out()
                      .printf(format, shown.name(), valueText(shown), shown.origin().describe()));
          terminal.out().flush();
          yield ExitStatus.OK.code();
        }
      };
    }

    private static String valueText(SettingsReading.ShownSetting shown) {
      return shown.value().isEmpty() ? "(none)" : shown.value();
    }
  }

  @Command(
      name = "reload",
      mixinStandardHelpOptions = true,
      description = {
        "Have a running server read its settings again. Needs the role admin.",
        "Says what changed, and what needs a restart."
      })
  static final class Reload implements Callable<Integer> {

    @Mixin private ServerClient client = new ServerClient();

    private final Terminal terminal;

    Reload(Terminal terminal) {
      this.terminal = terminal;
    }

    @Override
    public Integer call() {
      var reply =
          client.send(
              "POST", "/v1/config:reload", Optional.empty(), Duration.ofSeconds(30), terminal);
      if (!(reply instanceof ServerClient.Reply.Answered answered)) {
        return ServerClient.fail(reply, terminal);
      }
      if (!answered.isGood()) {
        JsonNode problems = answered.json().path("problems");
        if (problems.isEmpty()) {
          return ServerClient.fail(reply, terminal);
        }
        problems.forEach(problem -> terminal.err().println("forebay: " + problem.asString()));
        terminal.err().println("forebay: nothing changed");
        return ExitStatus.REFUSED.code();
      }
      print("changed", answered.json().path("changed"));
      print("needs a restart", answered.json().path("needs_restart"));
      terminal.out().flush();
      return ExitStatus.OK.code();
    }

    private void print(String what, JsonNode names) {
      if (names.isEmpty()) {
        terminal.out().println(what + ": nothing");
      }
      names.forEach(name -> terminal.out().println(what + ": " + name.asString()));
    }
  }

  @Command(
      name = "docs",
      mixinStandardHelpOptions = true,
      description = "Print a page of the documentation (Markdown), made from the declarations.")
  static final class Docs implements Callable<Integer> {

    /// What can be printed.
    enum Page {
      SETTINGS,
      METRICS,
      PROBLEMS
    }

    @Parameters(
        arity = "0..1",
        paramLabel = "PAGE",
        defaultValue = "settings",
        description = "settings, metrics or problems. Default: settings.")
    private Page page = Page.SETTINGS;

    private final Terminal terminal;

    Docs(Terminal terminal) {
      this.terminal = terminal;
    }

    @Override
    public Integer call() {
      terminal
          .out()
          .print(
              switch (page) {
                case SETTINGS -> ConfigureDocument.markdown();
                case METRICS -> MetricsDocument.markdown();
                case PROBLEMS -> ProblemsDocument.markdown();
              });
      terminal.out().flush();
      return ExitStatus.OK.code();
    }
  }
}
