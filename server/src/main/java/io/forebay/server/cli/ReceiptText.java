package io.forebay.server.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/// A receipt, as the API says it, for people; and what its state means for an exit status.
final class ReceiptText {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  private ReceiptText() {}

  static void print(JsonNode receipt, PrintWriter out) {
    String id = receipt.path("id").asString();
    List<List<String>> lines = new ArrayList<>();
    List<JsonNode> operations = elements(receipt.path("operations"));
    for (JsonNode operation : operations) {
      lines.add(List.of(lines.isEmpty() ? "invalidated" : "", operation(operation)));
    }
    int more = receipt.path("operation_count").asInt() - operations.size();
    if (more > 0) {
      lines.add(List.of("", "and " + more + " more operations"));
    }
    lines.add(List.of("receipt", id));
    lines.add(
        List.of(
            "accepted",
            time(receipt.path("accepted").asString())
                + " from "
                + receipt.path("who").asString()
                + " by "
                + receipt.path("source").asString()
                + why(receipt)));
    for (JsonNode node : receipt.path("nodes")) {
      addNode(lines, node, id);
    }
    JsonNode log = receipt.path("log");
    lines.add(
        List.of(
            "log",
            log.path("kept").asBoolean()
                ? "kept"
                : (isPending(receipt) ? "queued: " : "NOT KEPT: ")
                    + log.path("why").asString("not yet")));
    for (JsonNode target : receipt.path("downstream")) {
      lines.add(List.of("downstream", target(target)));
    }
    TextTable.print(lines, out);
  }

  private static String why(JsonNode receipt) {
    return receipt.has("why") ? ": " + receipt.path("why").asString() : "";
  }

  private static void addNode(List<List<String>> lines, JsonNode node, String id) {
    String name = node.path("node").asString();
    if (!node.has("in_force")) {
      lines.add(List.of("in force", "not yet on node " + name));
      return;
    }
    String inForce = node.path("in_force").asString();
    lines.add(List.of("in force", time(inForce) + " on node " + name));
    for (JsonNode tier : node.path("tiers")) {
      String counts =
          tier.path("erased").asString()
              + " erased, "
              + tier.path("marked_stale").asString()
              + " marked stale in "
              + tier.path("tier").asString();
      if (node.has("swept")) {
        Duration after =
            Duration.between(Instant.parse(inForce), Instant.parse(node.path("swept").asString()));
        lines.add(List.of("swept", "after " + after.toMillis() + " ms: " + counts));
      } else {
        lines.add(
            List.of("swept", "not yet: " + counts + " so far; see `forebay receipt " + id + "`"));
      }
    }
  }

  private static String target(JsonNode target) {
    String reasons =
        elements(target.path("failures")).stream()
            .map(JsonNode::asString)
            .collect(Collectors.joining("; "));
    return target.path("target").asString()
        + ": "
        + target.path("state").asString()
        + (reasons.isEmpty() ? "" : " (" + reasons + ")");
  }

  /// `tags: a, b in cache default, hard`.
  static String operation(JsonNode operation) {
    String values =
        elements(operation.path("values")).stream()
            .map(JsonNode::asString)
            .collect(Collectors.joining(", "));
    int more = operation.path("more_values").asInt(0);
    String cache = operation.path("cache").asString("");
    return operation.path("scope").asString()
        + (values.isEmpty() ? "" : ": " + values)
        + (more == 0 ? "" : ", and " + more + " more")
        + (cache.isEmpty() ? " in all caches" : " in cache " + cache)
        + ", "
        + operation.path("mode").asString();
  }

  private static List<JsonNode> elements(JsonNode array) {
    List<JsonNode> elements = new ArrayList<>();
    array.forEach(elements::add);
    return elements;
  }

  static String time(String instant) {
    return TIME.format(Instant.parse(instant));
  }

  /// Whether it waits on its node's disk for the shared log.
  static boolean isPending(JsonNode receipt) {
    return receipt.path("state").asString("").equals("pending");
  }

  /// How far a receipt has come, for scripts.
  ///
  /// @param untilSwept whether it has to be swept to be done
  static ExitStatus status(JsonNode receipt, boolean untilSwept) {
    boolean failed =
        (receipt.at("/log").has("why") && !isPending(receipt))
            || elements(receipt.path("downstream")).stream()
                .anyMatch(target -> target.path("state").asString().equals("failed"));
    boolean pending =
        elements(receipt.path("downstream")).stream()
            .anyMatch(target -> target.path("state").asString().equals("pending"));
    String state = receipt.path("state").asString();
    boolean there = state.equals("swept") || (!untilSwept && state.equals("in_force"));
    if (failed) {
      return ExitStatus.NOT_EVERYWHERE;
    }
    return pending || !there ? ExitStatus.NOT_IN_TIME : ExitStatus.OK;
  }
}
