package io.forebay.server.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.server.api.Json;
import io.forebay.server.audit.TestingPostgres;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/// Kills the process while clients change things, and holds its audit against what was
/// acknowledged.
class KilledAuditIT {

  private static final int CLIENTS = 32;

  @TempDir private Path folder = Path.of(".");

  enum Store {
    SQLITE,
    POSTGRESQL
  }

  @ParameterizedTest
  @EnumSource
  void everyAcknowledgedChangeIsInTheAudit(Store store) throws Exception {
    killedAfter(2_000, store);
  }

  @Tag("long")
  @ParameterizedTest
  @EnumSource
  void everyOneOfManyAcknowledgedChangesIsInTheAudit(Store store) throws Exception {
    killedAfter(10_000, store);
  }

  private void killedAfter(int changes, Store store) throws Exception {
    Map<String, String> environment =
        switch (store) {
          case SQLITE -> Map.of();
          case POSTGRESQL -> Map.of("FOREBAY_AUDIT_URL", TestingPostgres.newDatabase());
        };
    Set<String> acknowledged;
    try (ForebayProcess forebay = start(environment)) {
      acknowledged = changeUntilKilled(forebay, changes);
      assertThat(forebay.output()).doesNotContain("any word").doesNotContain("any%20word");
    }
    assertThat(acknowledged).hasSizeGreaterThanOrEqualTo(changes);
    try (ForebayProcess again = start(environment)) {
      Map<String, String> audited = outcomesByScope(again);
      assertThat(acknowledged)
          .allSatisfy(key -> assertThat(audited.get("key:" + key)).as(key).isEqualTo("done"));
      // Those that the kill caught in the middle: at most one a client.
      assertThat(audited.size() - acknowledged.size()).isBetween(0, CLIENTS);
    }
  }

  private ForebayProcess start(Map<String, String> environment) throws IOException {
    return ForebayProcess.start(
        environment,
        "serve",
        "--set",
        "log.exchanges=off",
        "--set",
        "audit.entry_writes=on",
        "--set",
        "data.dir=" + folder.toAbsolutePath());
  }

  private static Set<String> changeUntilKilled(ForebayProcess forebay, int changes)
      throws InterruptedException {
    Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    var next = new AtomicInteger();
    var killed = new AtomicBoolean();
    try (var client = HttpClient.newHttpClient();
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < CLIENTS; i++) {
        threads.execute(() -> {
          while (!killed.get()) {
            String key = "k" + next.incrementAndGet();
            if (isPut(client, forebay, key)) {
              acknowledged.add(key);
            }
          }
        });
      }
      await().atMost(Duration.ofMinutes(3)).until(() -> acknowledged.size() >= changes);
      forebay.kill();
      killed.set(true);
    }
    return acknowledged;
  }

  private static boolean isPut(HttpClient client, ForebayProcess forebay, String key) {
    URI entry = URI.create("http://127.0.0.1:" + forebay.api + "/v1/caches/default/entries/" + key);
    try {
      var request = HttpRequest.newBuilder(entry).PUT(BodyPublishers.ofString("v")).build();
      return client.send(request, BodyHandlers.discarding()).statusCode() == 201;
    } catch (IOException e) {
      return false; // killed in the middle
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static Map<String, String> outcomesByScope(ForebayProcess forebay) throws Exception {
    Map<String, String> outcomes = new HashMap<>();
    try (var client = HttpClient.newHttpClient()) {
      Optional<String> cursor = Optional.of("");
      while (cursor.isPresent()) {
        String more = cursor.get().isEmpty() ? "" : "&cursor=" + cursor.get();
        URI page = URI.create("http://127.0.0.1:" + forebay.api + "/v1/audit?limit=1000" + more);
        var response = client.send(HttpRequest.newBuilder(page).build(), BodyHandlers.ofString());
        JsonNode json = Json.tree(response.body().getBytes(StandardCharsets.UTF_8)).orElseThrow();
        json.get("rows")
            .forEach(
                row -> outcomes.put(row.get("scope").asString(), row.get("outcome").asString()));
        cursor = Optional.of(json.path("next_cursor").asString("")).filter(text -> !text.isEmpty());
      }
    }
    return outcomes;
  }
}
