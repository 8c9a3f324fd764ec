package io.forebay.server.cli;

import io.forebay.server.cli.ServerClient.Reply;
import io.forebay.server.settings.Durations;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/// `forebay audit`.
@Command(
    name = "audit",
    mixinStandardHelpOptions = true,
    description = {"Who changed what on a running server, newest first. Needs the role admin."},
    footerHeading = "%nExamples:%n",
    footer = {
      "  forebay audit --since 1h",
      "  forebay audit --principal deploy --operation invalidate --json"
    })
final class AuditCommand implements Callable<Integer> {

  private static final int PAGE = 1000;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  @Mixin private ServerClient client = new ServerClient();

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description = "Rows of this time or later: 2026-11-21T12:00:00Z, or 1h for an hour ago.")
  private @Nullable String since;

  @Option(names = "--until", paramLabel = "TIME", description = "Rows before this time.")
  private @Nullable String until;

  @Option(names = "--principal", paramLabel = "NAME", description = "Rows of this token.")
  private @Nullable String principal;

  @Option(names = "--operation", paramLabel = "NAME", description = "Rows such as invalidate.")
  private @Nullable String operation;

  @Option(names = "--cache", paramLabel = "NAME", description = "Rows about this cache.")
  private @Nullable String cache;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "50",
      description = "How many rows at most (default: ${DEFAULT-VALUE}).")
  private int limit = 50;

  @Option(names = "--json", description = "One row a line, as JSON.")
  private boolean json;

  private final Terminal terminal;

  AuditCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    if (limit < 1) {
      return usage("--limit: expected 1 or more");
    }
    List<String> query = new ArrayList<>();
    if (!addTime(query, "since", since) || !addTime(query, "until", until)) {
      return usage("--since, --until: expected 2026-11-21T12:00:00Z, or a duration such as 1h");
    }
    add(query, "principal", principal);
    add(query, "operation", operation);
    add(query, "cache", cache);
    List<JsonNode> rows = new ArrayList<>();
    Optional<String> cursor = Optional.empty();
    do {
      List<String> parameters = new ArrayList<>(query);
      parameters.add("limit=" + Math.min(PAGE, limit - rows.size()));
      cursor.ifPresent(text -> add(parameters, "cursor", text));
      Reply reply =
          client.send(
              "GET",
              "/v1/audit?" + String.join("&", parameters),
              Optional.empty(),
              Duration.ofSeconds(30),
              terminal);
      if (!(reply instanceof Reply.Answered answered && answered.isGood())) {
        return ServerClient.fail(reply, terminal);
      }
      answered.json().path("rows").forEach(rows::add);
      cursor =
          Optional.of(answered.json().path("next_cursor").asString(""))
              .filter(text -> !text.isEmpty());
    } while (cursor.isPresent() && rows.size() < limit);
    if (json) {
      rows.forEach(row -> terminal.out().println(row));
    } else {
      print(rows, cursor.isPresent());
    }
    terminal.out().flush();
    return ExitStatus.OK.code();
  }

  private int usage(String why) {
    return terminal.fail(ExitStatus.USAGE, why);
  }

  private static boolean addTime(List<String> query, String name, @Nullable String text) {
    if (text == null) {
      return true;
    }
    Optional<Instant> time = Durations.parse(text).map(span -> Instant.now().minus(span));
    try {
      add(query, name, time.orElseGet(() -> OffsetDateTime.parse(text).toInstant()).toString());
      return true;
    } catch (DateTimeParseException e) {
      return false;
    }
  }

  private static void add(List<String> query, String name, @Nullable String value) {
    if (value != null) {
      query.add(name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8));
    }
  }

  private void print(List<JsonNode> rows, boolean more) {
    List<List<String>> lines = new ArrayList<>();
    lines.add(
        List.of("TIME", "WHO", "FROM", "WHAT", "CACHE", "SCOPE", "OUTCOME", "COUNT", "REASON"));
    for (JsonNode row : rows) {
      String mode = row.path("mode").asString("");
      lines.add(
          List.of(
              TIME.format(Instant.parse(row.path("at").asString())),
              text(row, "principal"),
              text(row, "address"),
              text(row, "operation") + (mode.isEmpty() ? "" : " " + mode),
              text(row, "cache"),
              TextTable.shortened(text(row, "scope")),
              text(row, "outcome") + (row.has("status") ? " " + row.path("status") : ""),
              row.has("affected") ? row.path("affected").toString() : "-",
              text(row, "reason")));
    }
    TextTable.print(lines, terminal.out());
    if (rows.isEmpty()) {
      terminal.out().println("no rows");
    } else if (more) {
      terminal.out().println("there are more: --limit " + 10 * limit);
    }
  }

  private static String text(JsonNode row, String name) {
    String text = row.path(name).asString("");
    return text.isEmpty() ? "-" : text;
  }
}
