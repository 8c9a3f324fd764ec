package io.forebay.backends.behind;

import static io.forebay.backends.TestingValues.key;
import static io.forebay.backends.TestingValues.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.backends.KilledChanges;
import io.forebay.backends.memcached.MemcachedTier;
import io.forebay.cache.testing.TestingMemcached;
import io.forebay.cache.tier.TierRead;
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
        Map<String, Integer> acknowledged =
            KilledChanges.runAndKill(
                KilledWriteBehind.class,
                "512m",
                writes,
                folder.toString(),
                memcached.url(),
                Integer.toString(first));
        MemcachedTier server = KilledWriteBehind.server(memcached.url());
        assertThat(server.awaitConnection(LONG)).isEmpty();
        try (WriteBehindTier tier = KilledWriteBehind.open(server, folder)) {
          long found = tier.condition().backlog().orElseThrow().writes();
          System.out.println("round " + round + ": " + found + " writes were waiting");
          assertThat(tier.unrecovered()).isZero();
          await().atMost(LONG).until(() -> tier.condition().backlog().orElseThrow().writes() == 0);
          check(tier, server, acknowledged, before, first, round);
        }
        first = KilledWriteBehind.CHANGES.next(first, acknowledged);
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
    for (String name : KilledWriteBehind.CHANGES.names()) {
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
    return KilledWriteBehind.CHANGES.state(name, change);
  }
}
