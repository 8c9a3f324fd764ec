package io.forebay.server.cli;

import io.forebay.server.settings.ByteSize;
import io.forebay.server.settings.SettingsReading;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// Prints the JVM options that fit the settings, one a line; the launcher asks before it starts the
/// server. Settings that are refused give the default options: the server itself will say why.
@Command(name = "launch-options", hidden = true)
final class LaunchOptionsCommand implements Callable<Integer> {

  @Mixin private SettingsOptions options = new SettingsOptions();

  private final Terminal terminal;

  private LaunchOptionsCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  /// What else the user wrote is for the server itself: it is passed over.
  static CommandLine create(Terminal terminal) {
    return new CommandLine(new LaunchOptionsCommand(terminal)).setUnmatchedArgumentsAllowed(true);
  }

  @Override
  public Integer call() {
    JvmOptions derived =
        switch (options.read(terminal)) {
          case SettingsReading.Accepted accepted -> JvmOptions.of(accepted.settings());
          // The server itself will say what is wrong, and needs no more than this for it.
          case SettingsReading.Refused _ ->
              JvmOptions.of(ByteSize.ofMebibytes(256), ByteSize.ofMebibytes(128), false);
        };
    derived.lines().forEach(terminal.out()::println);
    return ExitStatus.OK.code();
  }
}
