package io.forebay.backends.file;

import static io.forebay.backends.TestingValues.key;
import static io.forebay.backends.TestingValues.read;
import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.cache.tier.TierObserver;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// kill -9 in the middle of changes, again and again in one folder: what is found then was written,
/// and nothing acknowledged came after it.
class FileTierKillTest {

  @TempDir private Path folder;

  @Test
  void whatIsFoundAfterKillNineIsWhatWasAcknowledgedLast() throws Exception {
    kill(3, 4_000, 1);
  }

  @Tag("long")
  @Test
  void whatIsFoundAfterManyKillsIsWhatWasAcknowledgedLast() throws Exception {
    kill(200, 8_000, Long.getLong("forebay.seed", 7));
  }

  private void kill(int rounds, int mostLines, long seed) throws Exception {
    SplittableRandom random = new SplittableRandom(seed);
    Map<String, String> before = new HashMap<>();
    int first = 0;
    for (int round = 0; round < rounds; round++) {
      Map<String, Integer> acknowledged = runAndKill(first, 1 + random.nextInt(mostLines));
      try (FileTier tier = FileTier.open(KilledFileTier.settings(folder), TierObserver.NONE)) {
        assertThat(tier.figures().damaged()).as("seed %d, round %d", seed, round).isZero();
        assertThat(tier.figures().distrusted()).isFalse();
        for (int i = 0; i < KilledFileTier.THREADS * KilledFileTier.KEYS; i++) {
          String name = KilledFileTier.name(i % KilledFileTier.THREADS, i / KilledFileTier.THREADS);
          Integer change = acknowledged.get(name);
          String found = read(tier, key(name));
          assertThat(found)
              .as("seed %d, round %d, %s after change %s", seed, round, name, change)
              .isIn(
                  change == null ? before.getOrDefault(name, "nothing") : state(name, change),
                  state(name, change == null ? first : change + 1)); // which was under way
          before.put(name, found);
        }
      }
      first = 3 + acknowledged.values().stream().mapToInt(i -> i).max().orElse(first) / 3 * 3;
    }
  }

  private static String state(String name, int change) {
    return KilledFileTier.isRemoval(change) ? "nothing" : KilledFileTier.content(name, change);
  }

  /// @return the last change of each key that was acknowledged
  private Map<String, Integer> runAndKill(int first, int lines) throws IOException {
    Map<String, Integer> acknowledged = new HashMap<>();
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                KilledFileTier.class.getName(),
                folder.toString(),
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
