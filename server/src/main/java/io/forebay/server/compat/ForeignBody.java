package io.forebay.server.compat;

import io.forebay.server.api.ApiRequest;
import io.forebay.server.api.Json;
import io.forebay.server.api.Problem;
import io.forebay.server.api.ProblemType;
import io.forebay.server.api.RequestRefused;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// A JSON object of a request, read member by member. As in the systems whose clients send it,
/// members that are not known are passed over; a `Content-Type` is not asked for.
///
/// @param at what the object is called in a problem: empty for the body, `[3].` within an array
record ForeignBody(JsonNode members, String at) {

  static ForeignBody of(ApiRequest request) {
    return of(tree(request), "");
  }

  /// @param at empty, or how the members' names begin in a problem
  static ForeignBody of(JsonNode node, String at) {
    if (!node.isObject()) {
      throw new RequestRefused(
          new Problem(
              ProblemType.INVALID_JSON,
              "The body has to be a JSON object.",
              Optional.of(at.isEmpty() ? "body" : at.substring(0, at.length() - 1)),
              Optional.of("a JSON object")));
    }
    return new ForeignBody(node, at);
  }

  static JsonNode tree(ApiRequest request) {
    return Json.tree(request.body())
        .orElseThrow(() ->
            new RequestRefused(
                new Problem(
                    ProblemType.INVALID_JSON,
                    "The body is not JSON.",
                    Optional.of("body"),
                    Optional.of("JSON"))));
  }

  /// Empty if it is absent or null.
  Optional<JsonNode> value(String name) {
    return Optional.ofNullable(members.get(name)).filter(node -> !node.isNull());
  }

  /// A member that has to be there; null is a value like any other.
  JsonNode required(String name, String expected) {
    JsonNode node = members.get(name);
    if (node == null) {
      throw refused(name, expected, "It is missing.");
    }
    return node;
  }

  String requiredText(String name) {
    return text(name).orElseThrow(() -> refused(name, "a text", "It is missing."));
  }

  Optional<String> text(String name) {
    return value(name)
        .map(node -> {
          if (!node.isString()) {
            throw refused(name, "a text", "It is no text.");
          }
          return node.asString();
        });
  }

  Optional<Boolean> flag(String name) {
    return value(name)
        .map(node -> {
          if (!node.isBoolean()) {
            throw refused(name, "true or false", "It is neither true nor false.");
          }
          return node.asBoolean();
        });
  }

  Optional<Long> number(String name, long least, long most) {
    return value(name)
        .map(node -> {
          if (!node.isIntegralNumber()
              || !node.canConvertToLong()
              || node.asLong() < least
              || node.asLong() > most) {
            throw refused(
                name, "a whole number from " + least + " to " + most, "It is no such number.");
          }
          return node.asLong();
        });
  }

  /// A span in whole seconds; empty if it is absent or null.
  Optional<Duration> seconds(String name) {
    return number(name, 1, 1L << 31).map(Duration::ofSeconds);
  }

  /// Empty if it is absent or null.
  List<String> texts(String name, int most) {
    List<String> texts = new ArrayList<>();
    value(name)
        .ifPresent(node -> {
          if (!node.isArray() || node.size() > most) {
            throw refused(name, "an array of at most " + most + " texts", "It is no such array.");
          }
          for (JsonNode element : node) {
            if (!element.isString()) {
              throw refused(name, "an array of texts", "An element of it is no text.");
            }
            texts.add(element.asString());
          }
        });
    return texts;
  }

  RequestRefused refused(String name, String expected, String detail) {
    return new RequestRefused(Problem.invalid(at + name, expected, detail));
  }
}
