package io.forebay.server.cli;

import io.forebay.server.cli.ServerClient.Reply;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// `forebay receipt`.
@Command(
    name = "receipt",
    mixinStandardHelpOptions = true,
    description = {
      "How far an invalidation has come; without an id, the newest ones.",
      "Exit status, with an id: 0 when it is swept on every node and taken by every cache"
          + " downstream;",
      "7 while it is still on its way; 8 if the log or a cache downstream did not take it."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  forebay receipt", "  until forebay receipt 4k2m9xw0qz7c1b5e; do sleep 1; done"})
final class ReceiptCommand implements Callable<Integer> {

  @Mixin private ServerClient client = new ServerClient();

  @Parameters(arity = "0..1", paramLabel = "ID", description = "As `forebay purge` printed it.")
  private @Nullable String id;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "20",
      description = "How many of the newest (default: ${DEFAULT-VALUE}).")
  private int limit = 20;

  @Option(names = "--json", description = "As JSON, one receipt a line.")
  private boolean json;

  private final Terminal terminal;

  ReceiptCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    if (limit < 1 || limit > 1000) {
      return terminal.fail(ExitStatus.USAGE, "--limit: expected 1 to 1000");
    }
    String target =
        id == null
            ? "/v1/invalidations?limit=" + limit
            : "/v1/invalidations/" + URLEncoder.encode(id, StandardCharsets.UTF_8);
    Reply reply = client.send("GET", target, Optional.empty(), Duration.ofSeconds(30), terminal);
    if (!(reply instanceof Reply.Answered answered && answered.isGood())) {
      return ServerClient.fail(reply, terminal);
    }
    if (id == null) {
      list(answered.json().path("receipts"));
      return ExitStatus.OK.code();
    }
    if (json) {
      terminal.out().println(answered.json());
    } else {
      ReceiptText.print(answered.json(), terminal.out());
    }
    terminal.out().flush();
    return ReceiptText.status(answered.json(), true).code();
  }

  private void list(JsonNode receipts) {
    List<List<String>> lines = new ArrayList<>();
    lines.add(List.of("ACCEPTED", "RECEIPT", "STATE", "WHO", "BY", "WHAT"));
    for (JsonNode receipt : receipts) {
      if (json) {
        terminal.out().println(receipt);
      }
      lines.add(
          List.of(
              ReceiptText.time(receipt.path("accepted").asString()),
              receipt.path("id").asString(),
              receipt.path("state").asString(),
              receipt.path("who").asString(),
              receipt.path("source").asString(),
              what(receipt)));
    }
    if (!json) {
      TextTable.print(lines, terminal.out());
      if (receipts.isEmpty()) {
        terminal.out().println("no receipts");
      }
    }
    terminal.out().flush();
  }

  private static String what(JsonNode receipt) {
    int more = receipt.path("operation_count").asInt() - 1;
    return TextTable.shortened(ReceiptText.operation(receipt.at("/operations/0")))
        + (more > 0 ? " and " + more + " more" : "");
  }
}
