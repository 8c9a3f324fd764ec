package io.forebay.server.predict;

import io.forebay.server.api.Json;
import io.forebay.server.caches.StoredValue;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import tools.jackson.databind.JsonNode;

/// Asks another service: `POST {"key": …}`, answered by JSON with `ttl` in seconds (or
/// `ttl_seconds` or `predicted_ttl`). Whatever else happens within the deadline, or that nothing
/// does, comes to the fallback.
public final class ExternalPredictor implements Predictor, AutoCloseable {

  private static final int MAX_CALLS = 256;
  private static final int MAX_ANSWER_BYTES = 64 * 1024;
  private static final List<String> MEMBERS = List.of("ttl", "ttl_seconds", "predicted_ttl");

  private final URI url;
  private final Duration deadline;
  private final Duration fallback;
  private final Duration shortest;
  private final Duration longest;
  private final Semaphore calls = new Semaphore(MAX_CALLS);
  private final HttpClient client;

  public ExternalPredictor(
      URI url, Duration deadline, Duration fallback, Duration shortest, Duration longest) {
    this.url = url;
    this.deadline = deadline;
    this.fallback = fallback;
    this.shortest = shortest;
    this.longest = longest;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(deadline)
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .build();
  }

  @Override
  public Prediction predict(String key, Optional<StoredValue> value) {
    if (!calls.tryAcquire()) {
      return fallback(key);
    }
    try {
      return ask(key)
          .map(seconds ->
              new Prediction(
                  key,
                  LearningPredictor.bounded(seconds, shortest, longest),
                  Prediction.Source.EXTERNAL,
                  Optional.empty()))
          .orElseGet(() -> fallback(key));
    } finally {
      calls.release();
    }
  }

  private Prediction fallback(String key) {
    return new Prediction(key, fallback, Prediction.Source.FALLBACK, Optional.empty());
  }

  private Optional<Double> ask(String key) {
    HttpRequest request =
        HttpRequest.newBuilder(url)
            .timeout(deadline)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(Json.write(Map.of("key", key))))
            .build();
    CompletableFuture<HttpResponse<byte[]>> call =
        client.sendAsync(
            request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), MAX_ANSWER_BYTES));
    try {
      HttpResponse<byte[]> response = call.get(deadline.toNanos(), TimeUnit.NANOSECONDS);
      return response.statusCode() == 200 ? seconds(response.body()) : Optional.empty();
    } catch (TimeoutException | ExecutionException e) {
      call.cancel(true);
      return Optional.empty();
    } catch (InterruptedException e) {
      call.cancel(true);
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  private static Optional<Double> seconds(byte[] body) {
    return Json.tree(body)
        .flatMap(tree ->
            tree.isNumber()
                ? Optional.of(tree)
                : MEMBERS.stream()
                    .flatMap(name -> Optional.ofNullable(tree.get(name)).stream())
                    .findFirst())
        .filter(JsonNode::isNumber)
        .map(JsonNode::asDouble)
        .filter(seconds -> seconds > 0 && Double.isFinite(seconds));
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
