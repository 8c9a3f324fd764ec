package io.forebay.server.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.server.api.Json;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// A log that cannot be written: the system lets the process's files grow no further.
class FullDiskIT {

  private static final String TAG = "{\"operations\":[{\"scope\":\"tags\",\"values\":[\"a\"]}]}";

  @Test
  void anInvalidationThatTheLogCannotKeepIsInForceAndNoSuccess() throws Exception {
    try (HttpClient client = HttpClient.newHttpClient();
        ForebayProcess forebay =
            ForebayProcess.start(
                "serve",
                "--set",
                "invalidation.log=file",
                "--set",
                "audit.enabled=off",
                "--set",
                "log.exchanges=off")) {
      assertThat(
              send(client, forebay, "PUT", "/v1/caches/default/entries/k", "v", "a").statusCode())
          .isEqualTo(201);
      limitFiles(forebay, "1");
      var answer = send(client, forebay, "POST", "/v1/invalidations", TAG, "");
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
      assertThat(answer.headers().firstValue("Retry-After")).hasValue("1");
      JsonNode problem = json(answer);
      assertThat(problem.get("type").asString())
          .isEqualTo("urn:forebay:problem:invalidation-not-kept");
      assertThat(problem.get("detail").asString()).contains("in force on this node");
      assertThat(problem.at("/receipt/log/kept").asBoolean()).isFalse();
      assertThat(problem.at("/receipt/log/why").asString()).contains("cannot be written");
      assertThat(send(client, forebay, "GET", "/v1/caches/default/entries/k", "", "").statusCode())
          .as("in force all the same")
          .isEqualTo(404);
      assertThat(send(client, forebay, "GET", "/metrics", "", "").body())
          .contains("forebay_invalidations_not_kept_total 1");

      limitFiles(forebay, "unlimited");
      String receipt = "/v1/invalidations/" + problem.at("/receipt/id").asString();
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() ->
              json(send(client, forebay, "GET", receipt, "", "")).at("/log/kept").asBoolean());
      assertThat(send(client, forebay, "POST", "/v1/invalidations", TAG, "").statusCode())
          .isEqualTo(200);
    }
  }

  /// How large files may become, in bytes, without a signal to a process that asks for none.
  private static void limitFiles(ForebayProcess forebay, String bytes) throws Exception {
    Process limiting =
        new ProcessBuilder(
                "prlimit", "--pid", Long.toString(forebay.pid()), "--fsize=" + bytes + ":unlimited")
            .inheritIO()
            .start();
    assertThat(limiting.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(limiting.exitValue()).isZero();
  }

  private static HttpResponse<String> send(
      HttpClient client,
      ForebayProcess forebay,
      String method,
      String path,
      String body,
      String tags)
      throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + forebay.api + path))
            .method(method, BodyPublishers.ofString(body));
    if (!tags.isEmpty()) {
      request.header("Cache-Tag", tags);
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  private static JsonNode json(HttpResponse<String> response) {
    return Json.tree(response.body().getBytes(StandardCharsets.UTF_8)).orElseThrow();
  }
}
