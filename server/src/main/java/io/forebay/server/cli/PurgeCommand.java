package io.forebay.server.cli;

import io.forebay.server.cli.ServerClient.Reply;
import io.forebay.server.invalidation.Wait;
import io.forebay.server.settings.Durations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/// `forebay purge`.
@Command(
    name = "purge",
    mixinStandardHelpOptions = true,
    description = {
      "Invalidate entries and pages on a running server. Needs the role purge.",
      "When it ends with 0, no read that begins afterwards sees what was named. Each option may be",
      "repeated; all together are put in force at once, or nothing is."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  forebay purge --tag news --tag sport",
      "  forebay purge --url https://shop.example/cart --soft",
      "  forebay purge --pattern 'users:*' --cache default --dry-run",
      "  forebay purge --all --cache pages --wait all --timeout 1m"
    })
final class PurgeCommand implements Callable<Integer> {

  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);

  /// The server is only told of a wait that is shorter than it would wait by itself; a longer one
  /// goes on by asking for the receipt.
  private static final Duration SHORT_WAIT = Duration.ofSeconds(5);

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @Mixin private ServerClient client = new ServerClient();

  @Option(names = "--tag", paramLabel = "TAG", description = "What carries this tag exactly.")
  private List<String> tags = new ArrayList<>();

  @Option(names = "--key", paramLabel = "KEY", description = "The entry under this key.")
  private List<String> keys = new ArrayList<>();

  @Option(
      names = "--prefix",
      paramLabel = "TEXT",
      description = "What has a key, or a URL, that begins so.")
  private List<String> prefixes = new ArrayList<>();

  @Option(
      names = "--pattern",
      paramLabel = "GLOB",
      description = "What has a key, or a URL, that matches: * any text, ? one character, [a-z].")
  private List<String> patterns = new ArrayList<>();

  @Option(names = "--url", paramLabel = "URL", description = "The page there, in all its variants.")
  private List<String> urls = new ArrayList<>();

  @Option(names = "--host", paramLabel = "HOST", description = "Every page of this host.")
  private List<String> hosts = new ArrayList<>();

  @Option(names = "--all", description = "Everything.")
  private boolean everything;

  @Option(
      names = "--cache",
      paramLabel = "NAME",
      description = "Only in this cache; pages for the proxy's. Without it, in all.")
  private @Nullable String cache;

  @Option(names = "--soft", description = "Mark stale in place of removing.")
  private boolean soft;

  @Option(names = "--dry-run", description = "Only count what would go.")
  private boolean dryRun;

  @Option(
      names = "--wait",
      paramLabel = "WHAT",
      defaultValue = "local",
      description = {
        "local: in force on the node that answers (default);",
        "all: on every node, and taken by the caches downstream;",
        "swept: that, and the memory given back, so that counts are final."
      })
  private String wait = "local";

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      defaultValue = "30s",
      description = "How long to wait for that (default: ${DEFAULT-VALUE}).")
  private String timeout = "30s";

  @Option(names = "--why", paramLabel = "TEXT", description = "A few words for the audit.")
  private @Nullable String why;

  @Option(names = "--json", description = "The receipt, or the counts of a dry run, as JSON.")
  private boolean json;

  private final Terminal terminal;

  PurgeCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    List<Map<String, Object>> operations = operations();
    if (operations.isEmpty()) {
      return usage("nothing is named: --tag, --key, --prefix, --pattern, --url, --host or --all");
    }
    if (patterns.stream().anyMatch(pattern -> pattern.matches("[*?]*\\*[*?]*"))) {
      return usage("--pattern: it matches everything; if that is meant, say --all");
    }
    Optional<Wait> until = Wait.named(wait);
    if (until.isEmpty()) {
      return usage("--wait: expected local, all or swept");
    }
    Optional<Duration> span = Durations.parse(timeout);
    if (span.isEmpty()) {
      return usage("--timeout: expected a duration with its unit, such as 30s");
    }
    return purge(operations, until.get(), span.get());
  }

  private int usage(String reason) {
    return terminal.fail(ExitStatus.USAGE, reason);
  }

  private List<Map<String, Object>> operations() {
    List<Map<String, Object>> operations = new ArrayList<>();
    add(operations, "tags", tags);
    add(operations, "keys", keys);
    add(operations, "prefixes", prefixes);
    add(operations, "patterns", patterns);
    add(operations, "urls", urls);
    add(operations, "hosts", hosts);
    if (everything) {
      operations.add(operation("everything"));
    }
    return operations;
  }

  private void add(List<Map<String, Object>> operations, String scope, List<String> values) {
    if (!values.isEmpty()) {
      Map<String, Object> operation = operation(scope);
      operation.put("values", values);
      operations.add(operation);
    }
  }

  private Map<String, Object> operation(String scope) {
    Map<String, Object> operation = new LinkedHashMap<>();
    operation.put("scope", scope);
    if (cache != null) {
      operation.put("cache", cache);
    }
    return operation;
  }

  private int purge(List<Map<String, Object>> operations, Wait until, Duration span)
      throws InterruptedException {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("operations", operations);
    body.put("mode", soft ? "soft" : "hard");
    if (why != null) {
      body.put("why", why);
    }
    if (dryRun) {
      body.put("dry_run", true);
    } else {
      body.put("wait", until.text());
      if (span.compareTo(SHORT_WAIT) < 0) {
        body.put("timeout", span.toMillis() + "ms");
      }
    }
    long deadline = System.nanoTime() + span.toNanos();
    Reply reply = client.send("POST", "/v1/invalidations", Optional.of(body), PATIENCE, terminal);
    return switch (reply) {
      case Reply.Answered answered when answered.isGood() && dryRun -> counted(answered.json());
      case Reply.Answered answered when ReceiptText.isPending(answered.json()) -> {
        print(answered.json());
        terminal
            .err()
            .println("forebay: in force on the node that answered; the others hear of it later");
        yield ExitStatus.NOT_IN_TIME.code();
      }
      case Reply.Answered answered when answered.isGood() -> {
        print(answered.json());
        yield ExitStatus.OK.code();
      }
      case Reply.Answered answered when answered.json().has("receipt") ->
          unfinished(answered, until, deadline);
      case Reply.Answered _, Reply.Unreachable _ -> ServerClient.fail(reply, terminal);
    };
  }

  /// In force, but not all that was waited for has come.
  private int unfinished(Reply.Answered answered, Wait until, long deadline)
      throws InterruptedException {
    JsonNode receipt = answered.json().path("receipt");
    ExitStatus status = ReceiptText.status(receipt, until == Wait.SWEPT);
    while (status == ExitStatus.NOT_IN_TIME && System.nanoTime() - deadline < 0) {
      TimeUnit.MILLISECONDS.sleep(BETWEEN_LOOKS.toMillis());
      String target = "/v1/invalidations/" + receipt.path("id").asString();
      Reply reply = client.send("GET", target, Optional.empty(), PATIENCE, terminal);
      if (!(reply instanceof Reply.Answered grown && grown.isGood())) {
        return ServerClient.fail(reply, terminal);
      }
      receipt = grown.json();
      status = ReceiptText.status(receipt, until == Wait.SWEPT);
    }
    print(receipt);
    if (status != ExitStatus.OK) {
      terminal.err().println("forebay: " + answered.json().path("detail").asString(""));
    }
    return status.code();
  }

  private void print(JsonNode receipt) {
    if (json) {
      terminal.out().println(receipt);
    } else {
      ReceiptText.print(receipt, terminal.out());
    }
    terminal.out().flush();
  }

  private int counted(JsonNode counts) {
    if (json) {
      terminal.out().println(counts);
    } else {
      List<List<String>> lines = new ArrayList<>();
      lines.add(List.of("CACHE", "ENTRIES", "BYTES"));
      for (JsonNode counted : counts.path("caches")) {
        lines.add(
            List.of(
                counted.path("cache").asString(),
                counted.path("entries").asString(),
                counted.path("weight_bytes").asString()));
      }
      lines.add(
          List.of(
              "all", counts.path("entries").asString(), counts.path("weight_bytes").asString()));
      TextTable.print(lines, terminal.out());
      terminal.out().println("a dry run: nothing was changed");
    }
    terminal.out().flush();
    return ExitStatus.OK.code();
  }
}
