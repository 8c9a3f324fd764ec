package io.forebay.server.v1;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.server.TestingServer;
import io.forebay.server.api.Json;
import io.forebay.server.audit.TestingPostgres;
import io.forebay.server.cli.ForebayCommand;
import io.forebay.server.cli.Terminal;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class AuditApiTest {

  private static List<String> rows(TestingServer server, String query) {
    var response = server.get("/v1/audit" + query);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    List<String> rows = new ArrayList<>();
    for (JsonNode row : Json.tree(response.body().getBytes(UTF_8)).orElseThrow().get("rows")) {
      rows.add(
          String.join(
              " ",
              row.get("principal").asString(),
              row.get("address").asString(),
              row.get("operation").asString(),
              row.path("cache").asString("-"),
              row.path("scope").asString("-"),
              row.get("outcome").asString(),
              row.path("status").toString(),
              row.has("affected") ? row.get("affected").toString() : "-"));
    }
    return rows;
  }

  private static void changeCaches(TestingServer server) {
    server.send("PUT", "/v1/caches/a", "{\"default_ttl\":\"1m\"}");
    server.send("PUT", "/v1/caches/a", "{\"default_ttl\":\"2m\"}");
    server.send("PUT", "/v1/caches/b", "{\"default_ttl\":5}");
    server.send("DELETE", "/v1/caches/a", "");
    server.send("DELETE", "/v1/caches/nowhere", "");
  }

  private static final List<String> CACHE_ROWS =
      List.of(
          "local 127.0.0.1 cache_delete nowhere - refused 404 -",
          "local 127.0.0.1 cache_delete a - done 204 -",
          "local 127.0.0.1 cache_put b - refused 400 -",
          "local 127.0.0.1 cache_put a - done 200 -",
          "local 127.0.0.1 cache_put a - done 201 -");

  @Test
  void changesOfCachesLeaveRowsAndEntryWritesDoNotUnlessAsked() {
    try (var server = TestingServer.start("log: {exchanges: off}")) {
      changeCaches(server);
      server.send("PUT", "/v1/caches/default/entries/k", "v");
      assertThat(rows(server, "")).isEqualTo(CACHE_ROWS);
    }
  }

  @Test
  void inPostgreSqlToo() {
    String settings = "audit: {url: \"" + TestingPostgres.newDatabase() + "\"}";
    try (var server = TestingServer.start(settings)) {
      changeCaches(server);
      assertThat(rows(server, "")).isEqualTo(CACHE_ROWS);
    }
  }

  @Test
  void entryWritesLeaveRowsWhenSwitchedOn() {
    try (var server = TestingServer.start("audit: {entry_writes: on, on_failure: go_on}")) {
      server.send("PUT", "/v1/caches/default/entries/k%2F1", "v");
      server.send("DELETE", "/v1/caches/default/entries/k%2F1", "");
      server.send("DELETE", "/v1/caches/default/entries/k%2F1", "", "If-Match", "\"bad");
      String items = "{\"items\":[{\"key\":\"x\",\"text\":\"1\"},{\"key\":\"y\",\"text\":\"2\"}]}";
      server.send("POST", "/v1/caches/default/entries:batchPut", items);
      server.send(
          "POST", "/v1/caches/default/entries:batchDelete", "{\"keys\":[\"x\",\"nowhere\"]}");
      assertThat(rows(server, ""))
          .containsExactly(
              "local 127.0.0.1 entries_batch_delete default - done 200 1",
              "local 127.0.0.1 entries_batch_put default - done 200 2",
              "local 127.0.0.1 entry_delete default key:k/1 refused 400 -",
              "local 127.0.0.1 entry_delete default key:k/1 done 204 -",
              "local 127.0.0.1 entry_put default key:k/1 done 201 -");
    }
  }

  @Test
  void filtersAndPagesWork() {
    try (var server = TestingServer.start("log: {exchanges: off}")) {
      changeCaches(server);
      assertThat(rows(server, "?cache=a")).hasSize(3);
      assertThat(rows(server, "?operation=cache_delete")).hasSize(2);
      assertThat(rows(server, "?principal=nobody")).isEmpty();
      assertThat(rows(server, "?since=2001-01-01T00:00:00Z")).hasSize(5);
      assertThat(rows(server, "?until=2001-01-01T00:00:00%2B02:00")).isEmpty();
      var first = Json.tree(server.get("/v1/audit?limit=3").body().getBytes(UTF_8)).orElseThrow();
      String cursor = first.get("next_cursor").asString();
      assertThat(rows(server, "?limit=3&cursor=" + cursor)).isEqualTo(CACHE_ROWS.subList(3, 5));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "since=yesterday, since",
    "until=12, until",
    "operation=drop, operation",
    "cursor=x, cursor",
    "limit=0, limit",
    "limit=1001, limit",
    "limit=ten, limit",
    "sort=asc, sort"
  })
  void whatIsNotUnderstoodIsNamed(String query, String field) {
    try (var server = TestingServer.start("log: {exchanges: off}")) {
      var response = server.get("/v1/audit?" + query);
      assertThat(response.statusCode()).isEqualTo(400);
      assertThat(response.body()).contains("\"field\":\"" + field + "\"");
    }
  }

  /// A folder where the file should be: it can never be opened.
  private static String broken(Path folder, String onFailure) throws java.io.IOException {
    Files.createDirectories(folder.resolve("audit.db"));
    return "data: {dir: "
        + folder
        + "}\naudit: {timeout: 2s, on_failure: "
        + onFailure
        + "}\nlog: {exchanges: off}";
  }

  @Test
  void aBrokenStoreRefusesChangesAndRaisesTheAlarm(@TempDir Path folder) throws Exception {
    try (var server = TestingServer.start(broken(folder, "refuse"))) {
      var refused = server.send("PUT", "/v1/caches/a", "");
      assertThat(refused.statusCode()).isEqualTo(503);
      assertThat(refused.body()).contains("audit-unavailable").contains("audit.on_failure");
      assertThat(server.get("/v1/caches/a").statusCode()).isEqualTo(404);
      await()
          .untilAsserted(() ->
              assertThat(server.get("/health/ready").body())
                  .isEqualTo("{\"status\":\"ready\",\"alarms\":[\"audit\"]}"));
      assertThat(server.get("/metrics").body())
          .contains("forebay_audit_failing 1")
          .contains("forebay_audit_refused_total 1");
      assertThat(server.get("/v1/audit").statusCode()).isEqualTo(503);
    }
  }

  @Test
  void orLetsThemPassAndCounts(@TempDir Path folder) throws Exception {
    try (var server = TestingServer.start(broken(folder, "go_on"))) {
      assertThat(server.send("PUT", "/v1/caches/a", "").statusCode()).isEqualTo(201);
      assertThat(server.get("/metrics").body()).contains("forebay_audit_lost_total 1");
    }
  }

  @Test
  void itCanBeOff() {
    try (var server = TestingServer.start("audit: {enabled: off}")) {
      assertThat(server.send("PUT", "/v1/caches/a", "").statusCode()).isEqualTo(201);
      assertThat(server.get("/v1/audit").statusCode()).isEqualTo(404);
      assertThat(server.running()).isNotNull();
    }
  }

  private record Ran(int status, String out, String err) {}

  private static Ran run(String... arguments) {
    var out = new StringWriter();
    var err = new StringWriter();
    var terminal = new Terminal(new PrintWriter(out), new PrintWriter(err), Map.of());
    int status = ForebayCommand.run(arguments, terminal, Map.of());
    return new Ran(status, out.toString(), err.toString());
  }

  @Test
  void theCommandPrintsATableOrJson() {
    try (var server = TestingServer.start("log: {exchanges: off}")) {
      changeCaches(server);
      String url = "http://" + server.address();
      Ran table = run("audit", "--server", url, "--since", "1h");
      assertThat(table.status()).as(table.err()).isZero();
      assertThat(table.out().lines())
          .hasSize(6)
          .first()
          .asString()
          .matches("TIME +WHO +FROM +WHAT +CACHE +SCOPE +OUTCOME +COUNT +REASON");
      assertThat(table.out()).contains("cache_delete  nowhere");
      Ran limited = run("audit", "--server", url, "--limit", "2");
      assertThat(limited.out().lines()).hasSize(4).last().asString().startsWith("there are more");
      Ran json = run("audit", "--server", url, "--cache", "a", "--json");
      assertThat(json.out().lines()).hasSize(3).allMatch(line -> line.startsWith("{\"id\":"));
      assertThat(run("audit", "--server", url, "--principal", "x").out()).contains("no rows");
    }
  }

  @Test
  void theCommandSaysWhatWentWrongByItsStatus() {
    assertThat(run("audit", "--server", "http://127.0.0.1:1").status()).isEqualTo(5);
    assertThat(run("audit", "--since", "yesterday").status()).isEqualTo(2);
    try (var server = TestingServer.start("audit: {enabled: off}")) {
      Ran off = run("audit", "--server", "http://" + server.address());
      assertThat(off.status()).isEqualTo(6);
      assertThat(off.err()).contains("404").contains("audit.enabled");
    }
  }
}
