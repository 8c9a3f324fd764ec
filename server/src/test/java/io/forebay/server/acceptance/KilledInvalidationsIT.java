package io.forebay.server.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.backends.log.FileJournal;
import io.forebay.cache.BarrierSnapshot;
import io.forebay.cache.Cache;
import io.forebay.cache.CacheBuilder;
import io.forebay.cache.InProcessInvalidationLog;
import io.forebay.cache.Position;
import io.forebay.cache.TimeSource;
import io.forebay.cache.Upkeep;
import io.forebay.server.api.Json;
import io.forebay.server.audit.TestingPostgres;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/// Kills the process while clients invalidate, and holds its audit and its log against what was
/// acknowledged.
class KilledInvalidationsIT {

  private static final int CLIENTS = 32;

  @TempDir private Path folder = Path.of(".");

  enum Store {
    SQLITE,
    POSTGRESQL
  }

  @ParameterizedTest
  @EnumSource
  void everyAcknowledgedInvalidationIsAuditedAndStaysInForce(Store store) throws Exception {
    killedAfter(2_000, store);
  }

  @Tag("long")
  @ParameterizedTest
  @EnumSource
  void everyOneOfManyIsAuditedAndStaysInForce(Store store) throws Exception {
    killedAfter(10_000, store);
  }

  private void killedAfter(int invalidations, Store store) throws Exception {
    Map<String, String> environment =
        switch (store) {
          case SQLITE -> Map.of();
          case POSTGRESQL -> Map.of("FOREBAY_AUDIT_URL", TestingPostgres.newDatabase());
        };
    Map<String, Position> acknowledged;
    try (ForebayProcess forebay = start(environment)) {
      put(forebay, "kept-until-the-end");
      acknowledged = invalidateUntilKilled(forebay, invalidations);
    }
    assertThat(acknowledged).hasSizeGreaterThanOrEqualTo(invalidations);
    Position newest = acknowledged.values().stream().max(Position::compareTo).orElseThrow();
    whatTheLogHas(acknowledged);
    try (ForebayProcess again = start(environment)) {
      Map<String, String> audited = outcomesByScope(again);
      assertThat(acknowledged.keySet())
          .allSatisfy(tag -> assertThat(audited.get("tags:" + tag)).as(tag).isEqualTo("done"));
      // Those that the kill caught in the middle: at most one a client.
      assertThat(audited.size() - acknowledged.size()).isBetween(0, CLIENTS);

      assertThat(get(again, "/v1/caches/default/entries/kept-until-the-end").statusCode())
          .as("nothing comes back")
          .isEqualTo(404);
      Position next = invalidate(again, "after-the-restart").orElseThrow();
      assertThat(next.epoch()).as("the log lost nothing").isEqualTo(newest.epoch());
      assertThat(next).as("positions go on").isGreaterThan(newest);
    }
  }

  private ForebayProcess start(Map<String, String> environment) throws IOException {
    return ForebayProcess.start(
        environment,
        "serve",
        "--set",
        "log.exchanges=off",
        "--set",
        "invalidation.log=file",
        "--set",
        "data.dir=" + folder.toAbsolutePath());
  }

  /// A cache that joins the log as the restarted server's does: for every tag that was acknowledged
  /// it knows a barrier which is no older than that.
  private void whatTheLogHas(Map<String, Position> acknowledged) throws IOException {
    try (FileJournal journal = FileJournal.open(folder.resolve("invalidations"));
        Cache<String, Long> cache =
            CacheBuilder.<Long>withTextKeys("default")
                .maxEntries(10)
                .invalidationLog(new InProcessInvalidationLog(journal, TimeSource.SYSTEM))
                .upkeep(Upkeep.manual())
                .build()) {
      acknowledged.forEach((tag, position) -> {
        Optional<BarrierSnapshot.Raised> known = cache.newestInvalidation("k", List.of(tag));
        assertThat(known).as(tag).isPresent();
        assertThat(known.get().position()).as(tag).isGreaterThanOrEqualTo(position);
      });
    }
  }

  private static Map<String, Position> invalidateUntilKilled(
      ForebayProcess forebay, int invalidations) throws InterruptedException {
    Map<String, Position> acknowledged = new ConcurrentHashMap<>();
    var next = new AtomicInteger();
    var killed = new AtomicBoolean();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < CLIENTS; i++) {
        threads.execute(() -> {
          while (!killed.get()) {
            String tag = "t" + next.incrementAndGet();
            invalidate(forebay, tag).ifPresent(position -> acknowledged.put(tag, position));
          }
        });
      }
      await().atMost(Duration.ofMinutes(5)).until(() -> acknowledged.size() >= invalidations);
      forebay.kill();
      killed.set(true);
    }
    return acknowledged;
  }

  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /// The position at which it is in force; empty if it was not acknowledged.
  private static Optional<Position> invalidate(ForebayProcess forebay, String tag) {
    String body = "{\"operations\":[{\"scope\":\"tags\",\"values\":[\"" + tag + "\"]}]}";
    try {
      var request =
          HttpRequest.newBuilder(uri(forebay, "/v1/invalidations"))
              .POST(BodyPublishers.ofString(body))
              .build();
      var response = CLIENT.send(request, BodyHandlers.ofString());
      if (response.statusCode() != 200) {
        throw new AssertionError(response.body());
      }
      String[] position = json(response).get("last_position").asString().split("-", -1);
      return Optional.of(new Position(Long.parseLong(position[0]), Long.parseLong(position[1])));
    } catch (IOException e) {
      return Optional.empty(); // killed in the middle
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  private static void put(ForebayProcess forebay, String key) throws Exception {
    var request =
        HttpRequest.newBuilder(uri(forebay, "/v1/caches/default/entries/" + key))
            .PUT(BodyPublishers.ofString("v"))
            .build();
    assertThat(CLIENT.send(request, BodyHandlers.discarding()).statusCode()).isEqualTo(201);
  }

  private static HttpResponse<String> get(ForebayProcess forebay, String path) throws Exception {
    return CLIENT.send(HttpRequest.newBuilder(uri(forebay, path)).build(), BodyHandlers.ofString());
  }

  private static URI uri(ForebayProcess forebay, String path) {
    return URI.create("http://127.0.0.1:" + forebay.api + path);
  }

  private static JsonNode json(HttpResponse<String> response) {
    return Json.tree(response.body().getBytes(StandardCharsets.UTF_8)).orElseThrow();
  }

  private static Map<String, String> outcomesByScope(ForebayProcess forebay) throws Exception {
    Map<String, String> outcomes = new HashMap<>();
    Optional<String> cursor = Optional.of("");
    while (cursor.isPresent()) {
      String more = cursor.get().isEmpty() ? "" : "&cursor=" + cursor.get();
      JsonNode page = json(get(forebay, "/v1/audit?operation=invalidate&limit=1000" + more));
      page.get("rows")
          .forEach(row -> outcomes.put(row.get("scope").asString(), row.get("outcome").asString()));
      cursor = Optional.of(page.path("next_cursor").asString("")).filter(text -> !text.isEmpty());
    }
    return outcomes;
  }
}
