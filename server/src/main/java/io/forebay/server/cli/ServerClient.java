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
    String base = base(terminal);
    try (var client = HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT).build()) {
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
      var response = client.send(request.build(), BodyHandlers.ofByteArray());
      return Json.tree(response.body())
          .<Reply>map(tree -> new Reply.Answered(response.statusCode(), tree))
          .orElseGet(
              () -> new Reply.Unreachable(base + " answered something else: is it Forebay's API?"));
    } catch (IllegalArgumentException e) {
      return new Reply.Unreachable("--server " + base + " is no address such as http://host:9400");
    } catch (IOException e) {
      return new Reply.Unreachable(
          "no answer from " + base + " (" + e + "); name another with --server URL");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Reply.Unreachable("interrupted");
    }
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
  /// @throws IOException if the token cannot be read
  HttpRequest.Builder request(String target, Terminal terminal) throws IOException {
    var request =
        HttpRequest.newBuilder(URI.create(base(terminal) + target))
            .version(HttpClient.Version.HTTP_1_1);
    token(terminal).ifPresent(token -> request.header("Authorization", "Bearer " + token));
    return request;
  }

  private Optional<String> token(Terminal terminal) throws IOException {
    return tokenFile == null
        ? Optional.ofNullable(terminal.environment().get("FOREBAY_TOKEN"))
            .filter(text -> !text.isEmpty())
        : Optional.of(Files.readString(Path.of(tokenFile)).strip());
  }

  /// Says on standard error why a request was not answered as hoped.
  ///
  /// @return the exit status that says so
  public static int fail(Reply reply, Terminal terminal) {
    return switch (reply) {
      case Reply.Unreachable(var why) -> {
        terminal.err().println("forebay: " + why);
        yield ExitStatus.UNREACHABLE.code();
      }
      case Reply.Answered(int status, var problem) -> {
        String field = problem.path("field").asString("");
        String expected = problem.path("expected").asString("");
        terminal
            .err()
            .println(
                "forebay: refused with "
                    + status
                    + ": "
                    + problem.path("detail").asString("no reason given")
                    + (field.isEmpty() ? "" : " Field " + field + ".")
                    + (expected.isEmpty() ? "" : " Expected " + expected + "."));
        yield ExitStatus.REFUSED.code();
      }
    };
  }
}
