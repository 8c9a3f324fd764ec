package io.forebay.server.cli;

import io.forebay.server.VersionInfo;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// The command line as a whole. Each command is one class in this package; those of other packages
/// are given to [#run].
@Command(
    name = "forebay",
    description = {"A cache for keys and values, and an HTTP caching proxy.", ""},
    footerHeading = "%nExamples:%n",
    footer = {
      "  forebay serve --origin http://127.0.0.1:3000   cache in front of an application",
      "  forebay serve                                  keys and values only",
      "  forebay config show --set memory.max_bytes=1GiB",
      "  forebay config check forebay.yaml",
      "  forebay token new --name ci --role write",
      "  forebay purge --tag news --wait all            invalidate what carries a tag",
      "  forebay export backup.ndjson.gz                back up keys and values",
      "  forebay import backup.ndjson.gz                restore them, but for what was invalidated since",
      "  forebay audit --since 1h                       who changed what on a running server",
      "",
      "docs/configure.md describes every setting."
    },
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true,
    subcommandsRepeatable = false)
public final class ForebayCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;

  private final Terminal terminal;

  private ForebayCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  /// Runs one command line.
  ///
  /// @param extra further commands by name, picocli-annotated
  /// @return the process's exit status
  public static int run(String[] arguments, Terminal terminal, Map<String, Object> extra) {
    var root = new CommandLine(new ForebayCommand(terminal));
    root.addSubcommand("serve", new ServeCommand(terminal));
    extra.forEach(root::addSubcommand);
    root.addSubcommand("config", ConfigCommands.create(terminal));
    root.addSubcommand("token", TokenCommands.create(terminal));
    root.addSubcommand("purge", new PurgeCommand(terminal));
    root.addSubcommand("receipt", new ReceiptCommand(terminal));
    root.addSubcommand("export", new ExportCommand(terminal));
    root.addSubcommand("import", new ImportCommand(terminal));
    root.addSubcommand("audit", new AuditCommand(terminal));
    root.addSubcommand("launch-options", LaunchOptionsCommand.create(terminal));
    root.addSubcommand("rehearse", new RehearseCommand(terminal));
    setVersion(root, VersionInfo.read().describe());
    root.setUsageHelpWidth(100);
    root.setOut(terminal.out()).setErr(terminal.err());
    root.setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.AUTO));
    root.getCommandSpec().exitCodeOnInvalidInput(ExitStatus.USAGE.code());
    Map<String, String> statuses = new LinkedHashMap<>();
    for (ExitStatus status : ExitStatus.values()) {
      statuses.put(Integer.toString(status.code()), status.meaning());
    }
    root.getCommandSpec()
        .usageMessage()
        .exitCodeListHeading("%nExit status:%n")
        .exitCodeList(statuses);
    root.setParameterExceptionHandler(new UsageErrors());
    root.setExecutionExceptionHandler((exception, commandLine, parsed) -> {
      terminal.err().println("forebay: unexpected failure: " + exception);
      exception.printStackTrace(terminal.err());
      return ExitStatus.FAILED.code();
    });
    return root.execute(arguments);
  }

  private static void setVersion(CommandLine command, String text) {
    command.getCommandSpec().version(text);
    command.getSubcommands().values().forEach(subcommand -> setVersion(subcommand, text));
  }

  /// No command: says what there is.
  @Override
  public Integer call() {
    if (spec != null) {
      spec.commandLine().usage(terminal.out());
    }
    return ExitStatus.OK.code();
  }
}
