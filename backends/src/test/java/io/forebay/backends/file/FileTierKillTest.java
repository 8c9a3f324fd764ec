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
    Map<String, Integer> acknowledged = new HashMap<>();
    int first = 0;
    for (int round = 0; round < rounds; round++) {
      runAndKill(first, 1 + random.nextInt(mostLines), acknowledged);
      try (FileTier tier = FileTier.open(KilledFileTier.settings(folder), TierObserver.NONE)) {
        assertThat(tier.figures().damaged()).as("seed %d, round %d", seed, round).isZero();
        assertThat(tier.figures().distrusted()).isFalse();
        int began = first;
        acknowledged.forEach((name, change) -> check(tier, name, change, began));
      }
      first = 3 + acknowledged.values().stream().mapToInt(i -> i).max().orElse(first) / 3 * 3;
    }
  }

  /// The key is as its last acknowledged change left it, or as the next one did, which was under
  /// way.
  private static void check(FileTier tier, String name, int change, int began) {
    int next = change < began ? began : change + 1;
    assertThat(read(tier, key(name)))
        .as("%s after change %d, perhaps %d", name, change, next)
        .isIn(state(name, change), state(name, next));
  }

  private static String state(String name, int change) {
    return KilledFileTier.isRemoval(change) ? "nothing" : KilledFileTier.content(name, change);
  }

  private void runAndKill(int first, int lines, Map<String, Integer> acknowledged)
      throws IOException {
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
          String[] words = line.split(" ");
          acknowledged.put(words[0], Integer.parseInt(words[1]));
        }
        line = next;
      }
    } finally {
      process.destroyForcibly();
    }
  }
}
