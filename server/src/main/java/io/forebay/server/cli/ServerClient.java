package io.forebay.server.cli;

import io.forebay.server.api.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/// The options by which commands find a running server, and how they talk to it.
public final class ServerClient {

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  @Option(
      names = "--server",
      paramLabel = "URL",
      description =
          "The running server's API; else the variable FOREBAY_SERVER, else http://127.0.0.1:9400.")
  private @Nullable String server;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "A file that holds the token; else the variable FOREBAY_TOKEN.")
  private @Nullable String tokenFile;

  /// What became of a request.
  public sealed interface Reply {

    /// @param json the body
    record Answered(int status, JsonNode json) implements Reply {
      public boolean isGood() {
        return status < 300;
      }
    }

    /// @param why one line: what was tried and what to do
    record Unreachable(String why) implements Reply {}
  }

  /// Sends a request and waits for its answer.
  ///
  /// @param target path and query, encoded
  /// @param json the body; empty for none
  /// @param timeout for the whole answer
  public Reply send(
      String method, String target, Optional<Object> json, Duration timeout, Terminal terminal) {
    try (var http = http()) {
      var request =
          request(target, terminal)
              .timeout(timeout)
              .method(
                  method,
                  json.map(Json::write)
                      .map(HttpRequest.BodyPublishers::ofByteArray)
                      .orElseGet(HttpRequest.BodyPublishers::noBody));
      if (json.isPresent()) {
        request.header("Content-Type", "application/json");
      }
      return send(http, request.build(), terminal);
    } catch (IllegalArgumentException e) {
      return new Reply.Unreachable(noAddress(terminal));
    } catch (IOException e) {
      return new Reply.Unreachable(String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Reply.Unreachable("interrupted");
    }
  }

  /// For several requests.
  static HttpClient http() {
    return HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT).build();
  }

  /// Sends a request that [#request] began, and waits for its answer.
  Reply send(HttpClient http, HttpRequest request, Terminal terminal) throws InterruptedException {
    try {
      var response = http.send(request, BodyHandlers.ofByteArray());
      return Json.tree(response.body())
          .<Reply>map(tree -> new Reply.Answered(response.statusCode(), tree))
          .orElseGet(() ->
              new Reply.Unreachable(
                  base(terminal) + " answered something else: is it Forebay's API?"));
    } catch (IOException e) {
      return new Reply.Unreachable(
          "no answer from " + base(terminal) + " (" + e + "); name another with --server URL");
    }
  }

  /// What is wrong with the address, if [#request] says that something is.
  String noAddress(Terminal terminal) {
    return "--server " + base(terminal) + " is no address such as http://host:9400";
  }

  /// The server's address.
  String base(Terminal terminal) {
    return Optional.ofNullable(server)
        .or(() -> Optional.ofNullable(terminal.environment().get("FOREBAY_SERVER")))
        .filter(text -> !text.isEmpty())
        .orElse("http://127.0.0.1:9400")
        .replaceFirst("/+$", "");
  }

  /// Whether sending less is not worth the work of compressing.
  boolean isOnThisMachine(Terminal terminal) {
    String host = URI.create(base(terminal)).getHost();
    return host != null
        && (host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]"));
  }

  /// A request to the server with the token, for commands that send or read more than fits into
  /// memory.
  ///
  /// @throws IllegalArgumentException if the address is none
  /// @throws IOException if the token cannot be read; its message says so
  HttpRequest.Builder request(String target, Terminal terminal) throws IOException {
    var request =
        HttpRequest.newBuilder(URI.create(base(terminal) + target))
            .version(HttpClient.Version.HTTP_1_1);
    token(terminal).ifPresent(token -> request.header("Authorization", "Bearer " + token));
    return request;
  }

  private Optional<String> token(Terminal terminal) throws IOException {
    if (tokenFile == null) {
      return Optional.ofNullable(terminal.environment().get("FOREBAY_TOKEN"))
          .filter(text -> !text.isEmpty());
    }
    try {
      return Optional.of(Files.readString(Path.of(tokenFile)).strip());
    } catch (IOException e) {
      throw new IOException("--token-file " + tokenFile + " cannot be read: " + e, e);
    }
  }

  /// Says on standard error why a request was not answered as hoped.
  ///
  /// @return the exit status that says so
  public static int fail(Reply reply, Terminal terminal) {
    return switch (reply) {
      case Reply.Unreachable(var why) -> terminal.fail(ExitStatus.UNREACHABLE, why);
      case Reply.Answered(int status, var problem) -> {
        String field = problem.path("field").asString("");
        String expected = problem.path("expected").asString("");
        yield terminal.fail(
            ExitStatus.REFUSED,
            "refused with "
                + status
                + ": "
                + problem.path("detail").asString("no reason given")
                + (field.isEmpty() ? "" : " Field " + field + ".")
                + (expected.isEmpty() ? "" : " Expected " + expected + "."));
      }
    };
  }
}
