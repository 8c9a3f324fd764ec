package io.forebay.server.cli;

import io.forebay.server.api.Json;
import io.forebay.server.backup.BackupLines;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `forebay export`.
@Command(
    name = "export",
    mixinStandardHelpOptions = true,
    description = {
      "Back up the keys and values that a running server has in memory; pages are not among them.",
      "Needs the role read. FILE appears when the backup is whole; until then it is FILE.part."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  forebay export backup.ndjson.gz",
      "  forebay export --resume backup.ndjson.gz       after it broke off",
      "  forebay export --cache sessions | gzip > sessions.ndjson.gz"
    })
final class ExportCommand implements Callable<Integer> {

  @Mixin private ServerClient client = new ServerClient();

  @Parameters(
      arity = "0..1",
      paramLabel = "FILE",
      description = "Where to; compressed if it ends in .gz. Without it, or -: standard output.")
  private @Nullable Path file;

  @Option(
      names = "--cache",
      paramLabel = "NAME",
      description = "Only this cache; may be repeated. Without it, all.")
  private List<String> caches = new ArrayList<>();

  @Option(names = "--gzip", description = "Compress FILE, whatever it is called.")
  private boolean gzip;

  @Option(names = "--resume", description = "Go on with FILE.part.")
  private boolean resume;

  @Option(names = "--json", description = "Say what was done as JSON; takes a FILE.")
  private boolean json;

  private final Terminal terminal;

  ExportCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    if (file != null && file.toString().equals("-")) {
      file = null;
    }
    if (file == null && (gzip || resume || json)) {
      return terminal.fail(ExitStatus.USAGE, "--gzip, --resume and --json take a FILE");
    }
    try {
      return file == null
          ? export(new ExportRun(client, terminal, caches), BackupSink.to(terminal.out()))
          : export(file);
    } catch (NoSuchFileException e) {
      return terminal.fail(ExitStatus.FAILED, "there is no file or folder " + e.getFile());
    } catch (IOException e) {
      return terminal.fail(ExitStatus.FAILED, String.valueOf(e.getMessage()));
    } catch (IllegalArgumentException e) {
      return terminal.fail(ExitStatus.UNREACHABLE, client.noAddress(terminal));
    }
  }

  private int export(Path target) throws IOException, InterruptedException {
    var run = new ExportRun(client, terminal, caches);
    boolean zipped = gzip || target.toString().endsWith(".gz");
    try (BackupFile sink =
        resume
            ? BackupFile.resume(target, zipped, run::takeOver)
            : BackupFile.begin(target, zipped)) {
      int status = export(run, sink);
      if (status != ExitStatus.OK.code() && run.entries() == 0) {
        sink.discard();
      }
      return status;
    }
  }

  private int export(ExportRun run, BackupSink sink) throws IOException, InterruptedException {
    return switch (run.run(sink)) {
      case ExportRun.Ended.Whole() -> {
        sink.write(BackupLines.end(run.entries()));
        sink.finish();
        say(run);
        yield ExitStatus.OK.code();
      }
      case ExportRun.Ended.Refused(var problem) -> ServerClient.fail(problem, terminal);
      case ExportRun.Ended.Broken(var why) ->
          terminal.fail(
              ExitStatus.UNREACHABLE,
              "the export from "
                  + client.base(terminal)
                  + " broke off after "
                  + run.entries()
                  + " entries: "
                  + why
                  + (file == null ? "" : "; go on with --resume"));
      case ExportRun.Ended.OtherLog() ->
          terminal.fail(
              ExitStatus.NOT_WHOLE,
              "the server has begun a new log of invalidations since this export began; export"
                  + " anew, without --resume");
    };
  }

  private void say(ExportRun run) {
    if (json) {
      Map<String, Object> said = new LinkedHashMap<>();
      said.put("entries", run.entries());
      said.put("bytes", run.bytes());
      terminal.out().println(new String(Json.write(said), StandardCharsets.UTF_8));
    } else if (file != null) {
      terminal.out().println(run.entries() + " entries in " + file);
    }
    terminal.out().flush();
  }
}
