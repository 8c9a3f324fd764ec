package io.forebay.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The scripts with the flags that the texts print, against a real server.
class ScriptsTest {

  private static final Path ROOT = Path.of("..");

  private record Ended(int status, String output) {}

  private static Ended run(String script, String... arguments) {
    List<String> command = new ArrayList<>(List.of("scripts/" + script));
    command.addAll(List.of(arguments));
    try {
      Process process =
          new ProcessBuilder(command).directory(ROOT.toFile()).redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new Ended(process.waitFor(), output);
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  @Test
  void entriesAreSeededAndReadAtARate() {
    try (var server = TestingServer.start("log: {exchanges: off}")) {
      String url = "http://" + server.address();
      Ended seeded = run("seed_data.sh", "--count", "2500", "--url", url);
      assertThat(seeded.output()).startsWith("2500 entries in ");
      assertThat(seeded.status()).isZero();
      assertThat(server.get("/v1/stats").body()).contains("\"entries\":2500");
      assertThat(server.get("/v1/caches/default/entries/seed:2500").body())
          .isEqualTo("{\"id\":2500,\"name\":\"Item 2500\",\"price\":500.00}");
      Ended loaded =
          run("load_test.sh", "--mode", "curl", "--rate", "20", "--duration", "2s", "--url", url);
      assertThat(loaded.output()).contains("40 requests, 40 good, 0 others").contains("p99 ");
      assertThat(loaded.status()).isZero();
      Ended missing =
          run(
              "load_test.sh",
              "--mode",
              "curl",
              "--rate",
              "2",
              "--duration",
              "1s",
              "--keys",
              "1",
              "--url",
              url + "/nowhere");
      assertThat(missing.output()).contains("0 good");
      assertThat(missing.status()).isNotZero();
    }
  }

  @Test
  void theLoadToolOfTheTextOrWhatStandsInForItRuns() {
    try (var server = TestingServer.start("log: {exchanges: off}")) {
      String url = "http://" + server.address();
      run("seed_data.sh", "--count", "10", "--url", url);
      Ended loaded =
          run(
              "load_test.sh",
              "--mode",
              "vegeta",
              "--rate",
              "50",
              "--duration",
              "1s",
              "--keys",
              "10",
              "--url",
              url);
      assertThat(loaded.status()).as(loaded.output()).isZero();
    }
  }

  @Test
  void localStartSaysWhatItWouldStart() {
    assertThat(run("run_local.sh", "--dry-run", "--", "--set", "log.exchanges=off").output())
        .endsWith("/forebay serve --compat all --set log.exchanges=off\n");
    assertThat(run("run_local.sh", "--dry-run", "--redis").output())
        .contains("redis-server --port 6379")
        .contains("redis.url=redis://127.0.0.1:6379");
  }

  @Test
  void mistakesAreSaidAndHelpIsThere() {
    for (String script : new String[] {"seed_data.sh", "load_test.sh", "run_local.sh"}) {
      assertThat(run(script, "--nonsense").status()).isEqualTo(2);
      assertThat(run(script, "--help").output()).contains("scripts/" + script);
    }
    assertThat(run("seed_data.sh", "--count", "many").output()).contains("'many' is no number");
    assertThat(run("load_test.sh", "--mode", "carrier-pigeon").status()).isEqualTo(2);
    assertThat(run("load_test.sh", "--duration", "long").output()).contains("no span");
  }
}
