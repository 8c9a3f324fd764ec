package io.forebay.server.cli;

import io.forebay.server.access.NewToken;
import io.forebay.server.access.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `forebay token new`.
final class TokenCommands {

  private TokenCommands() {}

  static CommandLine create(Terminal terminal) {
    var command = new CommandLine(new Token());
    command.setCaseInsensitiveEnumValuesAllowed(true);
    command.addSubcommand("new", new New(terminal));
    return command;
  }

  @Command(
      name = "token",
      mixinStandardHelpOptions = true,
      description = "Make access tokens.",
      synopsisSubcommandLabel = "COMMAND")
  static final class Token {}

  @Command(
      name = "new",
      mixinStandardHelpOptions = true,
      description = {
        "Make an access token: print it once, and the settings that let it in.",
        "Nothing is written anywhere; the settings hold only the token's hash."
      })
  static final class New implements Callable<Integer> {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    @Option(
        names = "--role",
        paramLabel = "ROLE",
        split = ",",
        description = "read, write, purge or admin; may be repeated. Default: admin.")
    private List<String> roles = new ArrayList<>();

    @Option(
        names = "--name",
        paramLabel = "NAME",
        defaultValue = "admin",
        description = "Who will hold it. Default: admin.")
    private String name = "admin";

    private final Terminal terminal;

    New(Terminal terminal) {
      this.terminal = terminal;
    }

    @Override
    public Integer call() {
      if (!NAME.matcher(name).matches()) {
        terminal
            .err()
            .println(
                "forebay: --name: expected 1 to 64 letters, digits, dots, dashes or underscores");
        return ExitStatus.USAGE.code();
      }
      List<Role> chosen = new ArrayList<>();
      for (String role : roles.isEmpty() ? List.of("admin") : roles) {
        var known = Role.named(role.toLowerCase(Locale.ROOT));
        if (known.isEmpty()) {
          terminal
              .err()
              .println(
                  "forebay: --role: expected read, write, purge or admin, but found \""
                      + role
                      + "\"");
          return ExitStatus.USAGE.code();
        }
        chosen.add(known.get());
      }
      print(NewToken.create(), chosen);
      return ExitStatus.OK.code();
    }

    private void print(NewToken token, List<Role> chosen) {
      String names = chosen.stream().map(Role::text).distinct().collect(Collectors.joining(", "));
      terminal
          .out()
          .printf(
              """
              The token, shown only this once:

                %s

              Clients send it as: Authorization: Bearer <token>
              To let it in, put this into the settings file:

              access:
                tokens:
                  - name: %s
                    roles: [%s]
                    sha256: %s
              """,
              token.secret(), name, names, token.sha256());
      terminal.out().flush();
    }
  }
}
