package io.forebay.server.cli;

import java.io.Console;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/// What a command touches of its process, so that tests can stand in for it.
///
/// @param out what the user asked for
/// @param err what went wrong
/// @param isWatched whether a person looks at it, so that progress is worth showing
public record Terminal(
    PrintWriter out, PrintWriter err, Map<String, String> environment, boolean isWatched) {

  /// One that nobody looks at.
  public Terminal(PrintWriter out, PrintWriter err, Map<String, String> environment) {
    this(out, err, environment, false);
  }

  /// Says on standard error why a command fails.
  ///
  /// @param why one line
  /// @return its exit status
  public int fail(ExitStatus status, String why) {
    err.println("forebay: " + why);
    return status.code();
  }

  public static Terminal ofProcess() {
    return new Terminal(
        new PrintWriter(System.out, true, StandardCharsets.UTF_8),
        new PrintWriter(System.err, true, StandardCharsets.UTF_8),
        System.getenv(),
        Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent());
  }
}
