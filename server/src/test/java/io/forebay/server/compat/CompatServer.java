package io.forebay.server.compat;

import io.forebay.server.TestingServer;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JsonNode;

/// A server that understands every system, and answers read as JSON.
final class CompatServer {

  static final String ALL = "compat: {systems: all}\nlog: {exchanges: off}\n";

  private CompatServer() {}

  static TestingServer start() {
    return TestingServer.start(ALL);
  }

  static JsonNode json(HttpResponse<String> response) {
    return io.forebay.server.api.Json.tree(response.body().getBytes(StandardCharsets.UTF_8))
        .orElseThrow(() -> new AssertionError(response.statusCode() + " " + response.body()));
  }
}
