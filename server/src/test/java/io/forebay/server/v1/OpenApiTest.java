package io.forebay.server.v1;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.cache.InProcessInvalidationLog;
import io.forebay.cache.InvalidationHistory;
import io.forebay.cache.Invalidations;
import io.forebay.cache.Isolation;
import io.forebay.cache.Receipts;
import io.forebay.cache.TimeSource;
import io.forebay.cache.VersionClock;
import io.forebay.cache.policy.HitObjective;
import io.forebay.server.TestingServer;
import io.forebay.server.VersionInfo;
import io.forebay.server.api.ApiRoute;
import io.forebay.server.audit.AuditTrail;
import io.forebay.server.backup.Exporter;
import io.forebay.server.backup.Importer;
import io.forebay.server.backup.Restorer;
import io.forebay.server.caches.CacheRegistry;
import io.forebay.server.caches.EntryRules;
import io.forebay.server.caches.EntryService;
import io.forebay.server.caches.NodeDefaults;
import io.forebay.server.caches.TierChoice;
import io.forebay.server.edge.CloudflareRoutes;
import io.forebay.server.edge.FastlyRoutes;
import io.forebay.server.forward.ForwardSettings;
import io.forebay.server.forward.Forwarder;
import io.forebay.server.health.OperationRoutes;
import io.forebay.server.health.Readiness;
import io.forebay.server.invalidation.InvalidationService;
import io.forebay.server.invalidation.NodeCaches;
import io.forebay.server.live.LiveFeed;
import io.forebay.server.metrics.Metrics;
import io.forebay.server.page.PageRoutes;
import io.forebay.server.reload.ReloadOutcome;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class OpenApiTest {

  private static final Set<String> METHODS = Set.of("get", "put", "post", "delete", "patch");

  private static List<ApiRoute> routes() {
    var registry =
        new CacheRegistry(
            (name, traits) ->
                io.forebay.cache.CacheBuilder.<io.forebay.server.caches.StoredValue>withTextKeys(
                        name)
                    .bounds(traits.bounds(), (key, value) -> 1)
                    .build(),
            new NodeDefaults(
                1000, Duration.ofSeconds(1), "auto", HitObjective.OBJECTS, false, TierChoice.NONE));
    var rules = new EntryRules(250, 100);
    Vertx vertx = Vertx.vertx();
    var invalidations =
        new InvalidationService(
            new NodeCaches(registry, Optional.empty()),
            new Invalidations(
                new InProcessInvalidationLog(1),
                new Receipts("test", TimeSource.SYSTEM, 1, Duration.ofSeconds(1))),
            AuditTrail.off(),
            new Forwarder(
                vertx,
                List.of(),
                new ForwardSettings(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO, 1)),
            1);
    try (registry;
        var metrics = new Metrics(VersionInfo.read())) {
      return Stream.of(
              V1Routes.of(
                  registry,
                  new EntryService(registry, rules, TimeSource.SYSTEM),
                  new AuditedEndpoints(AuditTrail.off(), false)),
              InvalidationEndpoints.routes(invalidations, rules, Duration.ofSeconds(1)),
              FastlyRoutes.of(invalidations),
              CloudflareRoutes.of(invalidations),
              ExplainRoutes.of(_ -> Optional.empty()),
              new LiveFeed(java.util.Map::of).routes(),
              OriginRoutes.of(Optional::empty),
              TierRoutes.of(List::of),
              ConfigRoutes.of(
                  _ -> new ReloadOutcome.Applied(List.of(), List.of()),
                  new AuditedEndpoints(AuditTrail.off(), false)),
              backupRoutes(registry, rules),
              OperationRoutes.of(
                  new Readiness(),
                  metrics,
                  VersionInfo.read(),
                  new PageRoutes(TestingServer.settings("log: {exchanges: off}").page())))
          .flatMap(List::stream)
          .toList();
    } finally {
      vertx.close();
    }
  }

  private static List<ApiRoute> backupRoutes(CacheRegistry registry, EntryRules rules) {
    var history =
        InvalidationHistory.of(
            new InProcessInvalidationLog(1),
            new VersionClock(TimeSource.SYSTEM),
            Optional.empty(),
            1);
    return BackupEndpoints.routes(
        registry,
        new Exporter(registry, history, "test", TimeSource.SYSTEM),
        new Importer(new Restorer(registry, rules, history, Isolation.NONE, TimeSource.SYSTEM)),
        new AuditedEndpoints(AuditTrail.off(), false));
  }

  @Test
  void everyRouteIsDescribedAndEveryDescriptionHasARoute() {
    Set<String> described = new TreeSet<>();
    OpenApiDocument.tree()
        .get("paths")
        .properties()
        .forEach(path ->
            path.getValue()
                .propertyNames()
                .forEach(name -> {
                  if (METHODS.contains(name)) {
                    described.add(name + " " + path.getKey());
                  }
                }));
    Set<String> routed =
        routes().stream()
            .map(route ->
                route.method().toLowerCase(java.util.Locale.ROOT)
                    + " "
                    + route.path().toString().replace("...}", "}"))
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(described).isEqualTo(routed);
  }

  @Test
  void everyReferenceInItLeadsSomewhere() {
    JsonNode document = OpenApiDocument.tree();
    List<String> references = new ArrayList<>();
    collect(document, references);
    assertThat(references).isNotEmpty();
    for (String reference : references) {
      assertThat(document.at(reference.substring(1)).isMissingNode()).as(reference).isFalse();
    }
  }

  private static void collect(JsonNode node, List<String> references) {
    if (node.has("$ref")) {
      references.add(node.get("$ref").asString());
    }
    node.forEach(child -> collect(child, references));
  }

  @Test
  void operationsThatAreOpenToAllAreDescribedSo() {
    JsonNode paths = OpenApiDocument.tree().get("paths");
    for (ApiRoute route : routes()) {
      JsonNode operation =
          paths
              .get(route.path().toString().replace("...}", "}"))
              .get(route.method().toLowerCase(java.util.Locale.ROOT));
      assertThat(operation.has("security"))
          .as(route.method() + " " + route.path())
          .isEqualTo(route.needed().isEmpty());
    }
  }

  @Test
  void itIsServedAsYamlAndAsJson() {
    try (var server = TestingServer.start("log: {exchanges: off}")) {
      assertThat(server.get("/v1/openapi.yaml").body()).startsWith("openapi: 3.1.0");
      assertThat(server.get("/v1/openapi.json").body()).startsWith("{\"openapi\":\"3.1.0\"");
    }
  }
}
