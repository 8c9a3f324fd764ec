package io.forebay.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.http.caching.CacheStatus;
import io.forebay.http.caching.ForwardReason;
import io.forebay.proxy.ExchangeRecord;
import io.forebay.server.TestingServer;
import io.forebay.server.VersionInfo;
import io.forebay.server.api.ProblemsDocument;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class MetricsTest {

  @Test
  void whatIsExposedIsExactlyWhatIsDeclared() {
    // Port 9 of the loopback address, "discard": nobody listens, so that there is an error to
    // count.
    String settings =
        """
        log: {exchanges: off}
        entries: {tier: file, write_mode: write_behind}
        proxy: {origin: "http://127.0.0.1:9"}
        """;
    try (var server = TestingServer.start(settings)) {
      server.get("/v1/stats");
      server.get("/v1/caches/default/entries/absent"); // a call of the tier
      assertThat(server.getPage("/").statusCode()).isEqualTo(502);
      Awaitility.await().until(() -> server.get("/metrics").body().contains("connection_refused"));
      String scrape = server.get("/metrics").body();
      Set<String> exposed = new TreeSet<>();
      scrape
          .lines()
          .filter(line -> line.startsWith("# HELP forebay_"))
          .forEach(line -> exposed.add(line.substring("# HELP ".length())));
      Set<String> declared =
          Arrays.stream(Metric.values())
              .map(metric -> metric.exposedName() + " " + metric.help())
              .collect(Collectors.toCollection(TreeSet::new));
      assertThat(exposed).isEqualTo(declared);
      assertThat(scrape).contains("jvm_memory_used_bytes");
    }
  }

  @Test
  void aMeterCountsAsARecordDoes() {
    try (var metrics = new Metrics(VersionInfo.read())) {
      for (var forwarded :
          List.of(
              Optional.<ForwardReason>empty(),
              Optional.of(ForwardReason.URI_MISS),
              Optional.of(ForwardReason.BYPASS))) {
        CacheStatus status =
            forwarded
                .map(reason -> CacheStatus.forwarded("forebay", reason))
                .orElseGet(() -> CacheStatus.hit("forebay", Duration.ofSeconds(1)));
        metrics.record(
            new ExchangeRecord(
                Instant.EPOCH,
                Duration.ofMillis(3),
                "127.0.0.1",
                "1.1",
                "GET",
                "a.example",
                "/p",
                "shop",
                200,
                Optional.of(status),
                "",
                Optional.empty(),
                false,
                7));
        metrics.meter("shop", forwarded, 200, (_, _) -> {}).count(3_000_000, 7);
      }
      List<String> counts =
          metrics
              .scrape()
              .lines()
              .filter(line -> line.startsWith(Metric.PROXY_REQUEST_DURATION.exposedName() + "_"))
              .filter(line -> !line.contains("_bucket{"))
              .toList();
      assertThat(counts).filteredOn(line -> line.contains("_count{")).hasSize(3);
      assertThat(counts)
          .filteredOn(line -> line.contains("_count{"))
          .allMatch(line -> line.endsWith("} 2"));
      assertThat(counts)
          .filteredOn(line -> line.contains("_sum{"))
          .allMatch(line -> line.endsWith("} 0.006"));
      assertThat(metrics.scrape()).contains("{route=\"shop\"} 42.0");
    }
  }

  /// The registry forgets what nobody else holds.
  @Test
  void aCounterCountsOnAfterAGarbageCollection() {
    try (var metrics = new Metrics(VersionInfo.read())) {
      AtomicLong count = new AtomicLong();
      WeakReference<Object> witness = new WeakReference<>(new Object());
      metrics.counter(Metric.SETTINGS_RELOADS, count::get);
      Awaitility.await()
          .until(() -> {
            System.gc();
            return witness.get() == null;
          });
      count.set(7);
      assertThat(metrics.scrape()).contains(Metric.SETTINGS_RELOADS.exposedName() + " 7.0");
    }
  }

  @Test
  void readsAreCountedByCacheAndResult() {
    try (var server = TestingServer.start("log: {exchanges: off}")) {
      server.send("PUT", "/v1/caches/new", "");
      server.send("PUT", "/v1/caches/new/entries/k", "v");
      server.get("/v1/caches/new/entries/k");
      server.get("/v1/caches/new/entries/absent");
      assertThat(server.get("/metrics").body())
          .contains("forebay_cache_reads_total{cache=\"new\",result=\"hit\"} 1.0")
          .contains("forebay_cache_reads_total{cache=\"new\",result=\"miss_absent\"} 1.0")
          .contains("forebay_cache_entries{cache=\"new\"} 1.0")
          .contains(
              "forebay_api_request_duration_seconds_count{method=\"GET\","
                  + "route=\"/v1/caches/{cache}/entries/{key...}\",status=\"404\"} 1");
      server.send("DELETE", "/v1/caches/new", "");
      assertThat(server.get("/metrics").body()).doesNotContain("cache=\"new\"");
    }
  }

  @Test
  void countersGoOnAfterTheGarbageCollectorHasRun() {
    try (var server = TestingServer.start("log: {exchanges: off}")) {
      System.gc();
      String everything = "{\"operations\": [{\"scope\": \"everything\"}]}";
      assertThat(server.send("POST", "/v1/invalidations", everything).statusCode()).isEqualTo(200);
      assertThat(server.get("/metrics").body())
          .contains("forebay_invalidations_total{source=\"api\"} 1")
          .containsPattern("forebay_audit_rows_total [23]");
    }
  }

  @Test
  void theDocumentsSayWhatTheDeclarationsSay() throws IOException {
    assertThat(Files.readString(Path.of("..", "docs", "metrics.md")))
        .as("out of date; make it again with: ./forebay config docs metrics > docs/metrics.md")
        .isEqualTo(MetricsDocument.markdown());
    assertThat(Files.readString(Path.of("..", "docs", "problems.md")))
        .as("out of date; make it again with: ./forebay config docs problems > docs/problems.md")
        .isEqualTo(ProblemsDocument.markdown());
  }
}
