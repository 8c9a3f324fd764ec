package io.forebay.backends.behind;

import static io.forebay.backends.TestingValues.key;
import static io.forebay.backends.TestingValues.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.backends.memcached.MemcachedTier;
import io.forebay.cache.testing.TestingMemcached;
import io.forebay.cache.tier.TierRead;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// kill -9 while writes wait: each that was acknowledged is in the tier afterwards, in the state
/// that was acknowledged last.
class WriteBehindKillTest {

  private static final Duration LONG = Duration.ofMinutes(2);

  @TempDir private Path folder;

  @Test
  void everyAcknowledgedWriteArrivesAfterAKill() throws Exception {
    kill(2, 5_000);
  }

  @Tag("long")
  @Test
  void everyOneOfAHundredThousandArrives() throws Exception {
    kill(3, 100_000);
  }

  private void kill(int rounds, int writes) throws Exception {
    try (TestingMemcached memcached = TestingMemcached.run("-m", "512")) {
      int first = 0;
      Map<String, String> before = new HashMap<>();
      for (int round = 0; round < rounds; round++) {
        Map<String, Integer> acknowledged = runAndKill(memcached, first, writes);
        MemcachedTier server = KilledWriteBehind.server(memcached.url());
        assertThat(server.awaitConnection(LONG)).isEmpty();
        try (WriteBehindTier tier = KilledWriteBehind.open(server, folder)) {
          long found = tier.condition().backlog().orElseThrow().writes();
          System.out.println("round " + round + ": " + found + " writes were waiting");
          assertThat(tier.unrecovered()).isZero();
          await().atMost(LONG).until(() -> tier.condition().backlog().orElseThrow().writes() == 0);
          check(tier, server, acknowledged, before, first, round);
        }
        first = 5 + acknowledged.values().stream().mapToInt(i -> i).max().orElse(first) / 5 * 5;
      }
    }
  }

  private static void check(
      WriteBehindTier tier,
      MemcachedTier server,
      Map<String, Integer> acknowledged,
      Map<String, String> before,
      int first,
      int round) {
    for (int i = 0; i < KilledWriteBehind.THREADS * KilledWriteBehind.KEYS; i++) {
      String name =
          KilledWriteBehind.name(i % KilledWriteBehind.THREADS, i / KilledWriteBehind.THREADS);
      Integer change = acknowledged.get(name);
      String found = read(tier, key(name));
      assertThat(found)
          .as("round %d, %s after change %s", round, name, change)
          .isIn(
              change == null ? before.getOrDefault(name, "nothing") : state(name, change),
              state(name, change == null ? first : change + 1)); // which was under way
      String inServer =
          server.read(key(name)) instanceof TierRead.Found of
              ? new String(of.value().bytes(), StandardCharsets.UTF_8)
              : "nothing";
      assertThat(inServer).as("the server itself").isEqualTo(found);
      before.put(name, found);
    }
  }

  private static String state(String name, int change) {
    return KilledWriteBehind.isRemoval(change)
        ? "nothing"
        : KilledWriteBehind.content(name, change);
  }

  /// @return the last change of each key that was acknowledged
  private Map<String, Integer> runAndKill(TestingMemcached memcached, int first, int lines)
      throws IOException {
    Map<String, Integer> acknowledged = new HashMap<>();
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                KilledWriteBehind.class.getName(),
                folder.toString(),
                memcached.url(),
                Integer.toString(first))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
      String line = output.readLine();
      for (int i = 0; line != null; i++) {
        if (i == lines) {
          process.toHandle().destroyForcibly();
        }
        String next = output.readLine();
        if (next != null) { // the last line may be cut short
          String[] words = line.split(" ", -1);
          acknowledged.put(words[0], Integer.parseInt(words[1]));
        }
        line = next;
      }
    } finally {
      process.destroyForcibly();
    }
    return acknowledged;
  }
}
