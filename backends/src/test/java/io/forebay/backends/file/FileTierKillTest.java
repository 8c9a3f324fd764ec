package io.forebay.backends.file;

import static io.forebay.backends.TestingValues.key;
import static io.forebay.backends.TestingValues.read;
import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.backends.KilledChanges;
import io.forebay.cache.tier.TierObserver;
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
      Map<String, Integer> acknowledged =
          KilledChanges.runAndKill(
              KilledFileTier.class,
              "256m",
              1 + random.nextInt(mostLines),
              folder.toString(),
              Integer.toString(first));
      try (FileTier tier = FileTier.open(KilledFileTier.settings(folder), TierObserver.NONE)) {
        assertThat(tier.figures().damaged()).as("seed %d, round %d", seed, round).isZero();
        assertThat(tier.figures().distrusted()).isFalse();
        for (String name : KilledFileTier.CHANGES.names()) {
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
      first = KilledFileTier.CHANGES.next(first, acknowledged);
    }
  }

  private static String state(String name, int change) {
    return KilledFileTier.CHANGES.state(name, change);
  }
}
