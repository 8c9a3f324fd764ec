package io.forebay.server.history;

import io.forebay.cache.TimeSource;
import io.forebay.server.api.Json;
import io.forebay.server.history.HistoryDatabase.Series;
import io.forebay.server.settings.ServerSettings;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/// Samples the figures at an interval, on a thread of its own, until it is closed.
public final class FigureHistory implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(FigureHistory.class);

  private final HistoryDatabase database;
  private final ServerSettings.History settings;
  private final TimeSource time;
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("forebay-history").factory());

  private FigureHistory(
      HistoryDatabase database, ServerSettings.History settings, TimeSource time) {
    this.database = database;
    this.settings = settings;
    this.time = time;
  }

  public static FigureHistory start(
      HistoryDatabase database,
      ServerSettings.History settings,
      TimeSource time,
      Supplier<Map<String, Object>> figures) {
    var history = new FigureHistory(database, settings, time);
    long millis = settings.interval().toMillis();
    var _ =
        history.clock.scheduleAtFixedRate(
            () -> history.sample(figures), millis, millis, TimeUnit.MILLISECONDS);
    return history;
  }

  private void sample(Supplier<Map<String, Object>> figures) {
    try {
      String json = new String(Json.write(figures.get()), StandardCharsets.UTF_8);
      database.add(Series.SAMPLES, time.now().toEpochMilli(), json, settings.maxSamples());
    } catch (RuntimeException e) {
      // One that is thrown would end the series for good.
      log.atWarn().setCause(e).log("no sample was taken");
    }
  }

  public Duration interval() {
    return settings.interval();
  }

  /// Samples of the last `window`, oldest first; thinned out to about `points`.
  public List<JsonNode> since(Duration window, int points) {
    return database.since(Series.SAMPLES, time.now().minus(window).toEpochMilli(), points).stream()
        .flatMap(text -> Json.tree(text.getBytes(StandardCharsets.UTF_8)).stream())
        .toList();
  }

  @Override
  public void close() {
    clock.shutdown();
    try {
      if (!clock.awaitTermination(5, TimeUnit.SECONDS)) {
        log.atWarn().log("the last sample did not end in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
