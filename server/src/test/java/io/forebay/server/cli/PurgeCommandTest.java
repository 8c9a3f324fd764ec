package io.forebay.server.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.server.TestingDownstream;
import io.forebay.server.TestingOrigin;
import io.forebay.server.TestingServer;
import io.forebay.server.access.NewToken;
import io.forebay.server.api.Json;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/// `forebay purge` and `forebay receipt` against a real server.
class PurgeCommandTest {

  private final NewToken token = NewToken.create();
  private final TestingOrigin origin = new TestingOrigin();
  private final TestingDownstream cdn = new TestingDownstream();
  private final TestingServer server =
      TestingServer.start(
          origin.asSetting()
              + "log: {exchanges: off}\nforward: {give_up_after: 1m, targets: ["
              + cdn.asTarget("cdn", "fastly")
              + "]}\naccess: {tokens: [{name: deploy, roles: [purge, write], sha256: "
              + token.sha256()
              + "}]}");

  @AfterEach
  void stop() {
    server.close();
    origin.close();
    cdn.close();
  }

  private record Ran(int status, String out, String err) {
    JsonNode json() {
      return Json.tree(out.getBytes(UTF_8)).orElseThrow();
    }
  }

  private Ran run(String... arguments) {
    var out = new StringWriter();
    var err = new StringWriter();
    Map<String, String> environment =
        Map.of("FOREBAY_SERVER", "http://" + server.address(), "FOREBAY_TOKEN", token.secret());
    var terminal = new Terminal(new PrintWriter(out), new PrintWriter(err), environment);
    int status = ForebayCommand.run(arguments, terminal, Map.of());
    return new Ran(status, out.toString(), err.toString());
  }

  private void put(String key, String tags) {
    server.send(
        "PUT",
        "/v1/caches/default/entries/" + key,
        "v",
        "Cache-Tag",
        tags,
        "Authorization",
        "Bearer " + token.secret());
  }

  private boolean isThere(String key) {
    String path = "/v1/caches/default/entries/" + key;
    return server.get(path, "Authorization", "Bearer " + token.secret()).statusCode() == 200;
  }

  @Test
  void aTagIsPurgedAndTheReceiptIsReadable() {
    put("a", "news");
    put("b", "other");
    Ran purged = run("purge", "--tag", "news", "--wait", "swept", "--why", "new headline");
    assertThat(purged.status()).as(purged.err()).isZero();
    assertThat(purged.err()).isEmpty();
    assertThat(isThere("a")).isFalse();
    assertThat(isThere("b")).isTrue();
    assertThat(purged.out())
        .containsPattern("invalidated +tags: news in all caches, hard\\R")
        .containsPattern("receipt +[0-9a-z]{16}\\R")
        .containsPattern("accepted +\\S+ \\S+Z from deploy by api: new headline\\R")
        .containsPattern("in force +\\S+ \\S+Z on node local\\R")
        .containsPattern("swept +after \\d+ ms: 1 erased, 0 marked stale in memory\\R")
        .containsPattern("log +kept\\R")
        .containsPattern("downstream +cdn: delivered\\R");
  }

  @Test
  void everyOptionIsAnOperationOfOneBatch() {
    put("k", "t");
    Ran purged =
        run(
            "purge",
            "--tag",
            "a",
            "--tag",
            "b",
            "--key",
            "k",
            "--prefix",
            "p:",
            "--pattern",
            "x:*",
            "--url",
            "http://shop.example/",
            "--host",
            "shop.example",
            "--all",
            "--soft",
            "--json");
    assertThat(purged.status()).as(purged.err()).isZero();
    assertThat(purged.json().get("operation_count").asInt()).isEqualTo(7);
    assertThat(purged.json().at("/operations/0").toString())
        .isEqualTo("{\"scope\":\"tags\",\"values\":[\"a\",\"b\"],\"mode\":\"soft\"}");
    assertThat(run("purge", "--all", "--cache", "default", "--json").json().at("/operations/0"))
        .hasToString("{\"cache\":\"default\",\"scope\":\"everything\",\"mode\":\"hard\"}");
  }

  @Test
  void aDryRunShowsCountsAndChangesNothing() {
    put("users:1", "t");
    put("users:2", "t");
    Ran counted = run("purge", "--pattern", "users:*", "--dry-run");
    assertThat(counted.status()).as(counted.err()).isZero();
    assertThat(counted.out())
        .containsPattern("CACHE +ENTRIES +BYTES\\R")
        .containsPattern("default +2 +\\d+\\R")
        .containsPattern("all +2 +\\d+\\R")
        .contains("nothing was changed");
    assertThat(run("purge", "--all", "--dry-run", "--json").json().get("entries").asInt())
        .isEqualTo(2);
    assertThat(isThere("users:1")).isTrue();
    assertThat(run("receipt").out()).contains("no receipts");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          purge                                     | nothing is named
          purge --pattern *                         | say --all
          purge --pattern ?** --cache default       | say --all
          purge --tag a --wait forever              | --wait: expected local, all or swept
          purge --tag a --timeout 5                 | --timeout: expected a duration
          purge --tags a                            | unknown option --tags; did you mean --tag?
          receipt --limit 0                         | --limit
          """)
  void aWrongCommandLineIsRefusedBeforeAnythingIsSent(String line, String message) {
    put("k", "a");
    Ran ran = run(line.split(" ", -1));
    assertThat(ran.status()).isEqualTo(2);
    assertThat(ran.err()).contains(message);
    assertThat(isThere("k")).isTrue();
  }

  @Test
  void whatTheServerRefusesIsSaidWithItsField() {
    Ran refused = run("purge", "--tag", "x".repeat(1_025));
    assertThat(refused.status()).isEqualTo(6);
    assertThat(refused.err())
        .contains("refused with 400")
        .contains("Field operations[0].values[0].");
    assertThat(run("purge", "--all", "--cache", "nowhere").status()).isEqualTo(6);
    assertThat(run("receipt", "nowhere").err()).contains("refused with 404");
    assertThat(run("purge", "--tag", "a", "--server", "http://127.0.0.1:1").status()).isEqualTo(5);
  }

  @Test
  void theStatusSaysWhetherEverythingThatWasWaitedForHasCome() {
    cdn.answer(503);
    Ran late = run("purge", "--tag", "a", "--wait", "all", "--timeout", "300ms");
    assertThat(late.status()).isEqualTo(7);
    assertThat(late.err()).contains("did not come in time");
    assertThat(late.out()).contains("cdn: pending");
    String id = run("receipt", "--json").json().get("id").asString();
    assertThat(run("receipt", id).status()).isEqualTo(7);
    cdn.answer(200);
    await().until(() -> run("receipt", id).status() == 0);

    cdn.answer(403);
    Ran failed = run("purge", "--tag", "b", "--wait", "all");
    assertThat(failed.status()).isEqualTo(8);
    assertThat(failed.out()).contains("cdn: failed (cdn answered 403");
    assertThat(failed.err()).contains("downstream");
    assertThat(run("purge", "--tag", "c").status()).as("who does not wait does not hear").isZero();
  }

  /// The server waits ten seconds at most by itself; after that the command goes on asking.
  @Test
  void aLongWaitGoesOnByAskingForTheReceipt() {
    try (var impatient =
        TestingServer.start(
            "api: {idle_timeout: 2s}\nlog: {exchanges: off}\nforward: {give_up_after: 1m,"
                + " targets: ["
                + cdn.asTarget("cdn", "fastly")
                + "]}")) {
      cdn.answer(503);
      List<Ran> ran = new ArrayList<>();
      String url = "http://" + impatient.address();
      Thread waiting =
          Thread.ofVirtual()
              .start(() -> ran.add(run("purge", "--tag", "a", "--wait", "all", "--server", url)));
      await().until(() -> cdn.orders().size() >= 3);
      cdn.answer(200);
      await().until(() -> !waiting.isAlive());
      assertThat(ran.getFirst().status()).as(ran.getFirst().err()).isZero();
      assertThat(ran.getFirst().out()).contains("cdn: delivered");
    }
  }

  @Test
  void theNewestReceiptsAreListed() {
    run("purge", "--tag", "a");
    run("purge", "--key", "k", "--all");
    Ran listed = run("receipt");
    assertThat(listed.status()).isZero();
    assertThat(listed.out().lines()).hasSize(3);
    assertThat(listed.out())
        .containsPattern("ACCEPTED +RECEIPT +STATE +WHO +BY +WHAT\\R")
        .containsPattern("deploy +api +keys: k in all caches, hard and 1 more\\R")
        .containsPattern("deploy +api +tags: a in all caches, hard\\R");
    assertThat(run("receipt", "--json", "--limit", "1").out().lines()).hasSize(1);
  }
}
