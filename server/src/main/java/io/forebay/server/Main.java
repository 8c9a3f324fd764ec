package io.forebay.server;

import io.forebay.server.cli.ForebayCommand;
import io.forebay.server.cli.Terminal;
import io.forebay.server.demo.DemoCommand;
import java.util.Map;

/// The process's entry point.
public final class Main {

  private Main() {}

  public static void main(String[] arguments) {
    int status =
        ForebayCommand.run(
            arguments, Terminal.ofProcess(), Map.of("demo", DemoCommand.of(Terminal.ofProcess())));
    System.exit(status);
  }
}
