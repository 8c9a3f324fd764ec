package io.forebay.server.cli;

import io.forebay.server.settings.NearestName;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/// Answers a wrong command line: what is wrong, what may have been meant, where help is.
final class UsageErrors implements IParameterExceptionHandler {

  @Override
  public int handleParseException(ParameterException exception, String[] arguments) {
    CommandLine command = exception.getCommandLine();
    PrintWriter err = command.getErr();
    if (exception instanceof UnmatchedArgumentException unmatched
        && !unmatched.getUnmatched().isEmpty()) {
      String written = unmatched.getUnmatched().getFirst();
      boolean option = written.startsWith("-");
      err.println(
          "forebay: unknown "
              + (option ? "option " : command.getSubcommands().isEmpty() ? "argument " : "command ")
              + written
              + nearest(command, written, option)
                  .map(name -> "; did you mean " + name + "?")
                  .orElse(""));
    } else {
      err.println("forebay: " + exception.getMessage());
    }
    err.println("`" + command.getCommandSpec().qualifiedName() + " --help` says how to use it.");
    return ExitStatus.USAGE.code();
  }

  private static Optional<String> nearest(CommandLine command, String written, boolean option) {
    List<String> candidates = new ArrayList<>();
    if (option) {
      command.getCommandSpec().options().stream()
          .filter(known -> !known.hidden())
          .forEach(known -> candidates.addAll(List.of(known.names())));
      int equals = written.indexOf('=');
      return NearestName.of(equals < 0 ? written : written.substring(0, equals), candidates);
    }
    command
        .getSubcommands()
        .forEach((name, subcommand) -> {
          if (!subcommand.getCommandSpec().usageMessage().hidden()) {
            candidates.add(name);
          }
        });
    return NearestName.of(written, candidates);
  }
}
